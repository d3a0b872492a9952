import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)(
  'a run that also predicts where and how soon',
  { timeout: 300_000 },
  () => {
    let workbench: RunningWorkbench
    let id: string
    beforeAll(async () => {
      workbench = await startWorkbench()
      const command = (...words: string[]) => {
        const program = path.join(import.meta.dirname, '../../out/main/cli.js')
        const all = [program, ...words, '--json', '--workspace', workbench.workspace]
        const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' })
        expect(status, stderr).toBe(0)
        return JSON.parse(stdout)
      }
      const heads = ['--location-head', '--gap-head', '--steps', '20', '--evaluate-every', '10', '--batch', '16']
      id = command(
        'train',
        '--dataset',
        'sample',
        '--run',
        'places',
        '--device',
        'cpu',
        '--stream-width',
        '8',
        ...heads,
      ).run
      command('evaluate', '--run', 'places', '--bootstrap', '100')
    }, 300_000)
    afterAll(() => workbench?.close())

    test('says so where it is trained, evaluated and asked', async () => {
      const page = await workbench.open(`/train/${id}`)
      await page.getByRole('heading', { name: 'Does it learn where and how soon?' }).waitFor()

      await page.goto(new URL(`/runs/${id}`, workbench.origin).href)
      const figures = page.getByRole('region', { name: 'Does it know where and how soon?' }).first()
      for (const view of ['next location', 'next location, where known', 'time gap']) {
        await figures.getByRole('rowheader', { name: view }).first().waitFor()
      }
      await figures
        .getByRole('row', { name: /Mean error in buckets/ })
        .getByRole('cell')
        .first()
        .waitFor()

      await page.goto(new URL(`/predict?run=${id}&user=${encodeURIComponent('user 07')}`, workbench.origin).href)
      const gaps = page.getByRole('table', { name: 'How long after the last event' })
      await gaps.waitFor()
      expect(await gaps.locator('tbody tr').count()).toBe(16)
      expect(await page.getByRole('table', { name: 'Where it happens' }).locator('tbody tr').count()).toBeGreaterThan(1)
      await page.getByRole('button', { name: 'Export table How long after the last event' }).click()
      const [table] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: 'CSV', exact: true }).click(),
      ])
      expect(readFileSync(await table.path(), 'utf8')).toMatch(/^Time gap,Probability\r?\nat the same time,/)
      expect(workbench.complaints).toEqual([])
    })

    test('can be asked for among the advanced options', async () => {
      const page = await workbench.open('/train')
      await page.getByRole('heading', { name: 'Advanced' }).click()
      const options = page.getByRole('region', { name: 'Extra predictions' })
      // A weight says nothing while nothing is weighed.
      expect(await options.getByRole('textbox', { disabled: true }).count()).toBe(2)
      await options.getByRole('switch', { name: 'Next location' }).click()
      await options.getByRole('textbox', { disabled: true }).nth(1).waitFor({ state: 'detached' })
      await page.getByText('1 change', { exact: true }).waitFor()
      // What was chosen is not lost without a question.
      await page.getByRole('link', { name: 'Runs', exact: true }).click()
      const question = page.getByRole('dialog', { name: 'Leave without training?' })
      await question.getByRole('button', { name: 'Leave' }).click()
      await page.waitForURL('**/runs')
      expect(workbench.complaints).toEqual([])
    })
  },
)
