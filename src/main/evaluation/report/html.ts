import assert from 'node:assert'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { programFolder } from '../../launch/program.ts'
import type { ReportDocument } from './document.ts'

const resources = path.join(programFolder, 'resources/report')
/** Concatenated in this order into one script. */
const scripts = ['format.js', 'theme.js', 'tables.js', 'heads.js', 'charts.js', 'charts-training.js', 'report.js']

/**
 * One self-contained page: the charting library, style, scripts and data are in it, and its content security policy allows nothing else:
 * scripts by their hash, no network, no frames, no forms. It opens from a disk without network.
 */
export async function reportPage(document: ReportDocument): Promise<string> {
  const read = (name: string) => readFile(path.join(resources, name), 'utf8')
  const library = inlineScript(
    await readFile(createRequire(import.meta.url).resolve('echarts/dist/echarts.min.js'), 'utf8'),
  )
  const parts = await Promise.all(scripts.map(read))
  const own = inlineScript(`(() => {\n'use strict'\n${parts.join('\n')}\n})()\n`)
  return fill(await read('report.html'), {
    policy: contentSecurityPolicy([library, own]),
    title: escapeHtml(`${document.dataset.name}: evaluation on ${document.split} targets`),
    style: await read('report.css'),
    data: inlineJson(document),
    library,
    script: own,
  })
}

function contentSecurityPolicy(inline: readonly string[]): string {
  const hashes = inline.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  // The charting library writes style attributes into its tooltips.
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** Puts values where the template says `{{name}}`; every name must be there once. Values are not searched again. */
function fill(template: string, values: Record<string, string>): string {
  const used = new Set<string>()
  const filled = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    assert(name in values && !used.has(name), `the template asks for ${name}`)
    used.add(name)
    return values[name]
  })
  assert.equal(used.size, Object.keys(values).length, 'the template must use every value')
  return filled
}

/** A script's text that cannot end its element. */
export function inlineScript(text: string): string {
  return text.replaceAll(/<(?=\/script|!--)/gi, '\\x3c')
}

/** JSON that is safe inside a script element, whatever names it holds: no `<` at all, no line separators. */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replaceAll(/[&<>"']/g, (character) => entities[character])
}
