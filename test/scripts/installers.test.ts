import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'

interface Configuration {
  electronFuses: Record<string, boolean>
  linux: { mimeTypes: string[] }
  mac: { extendInfo: { CFBundleDocumentTypes: { LSItemContentTypes: string[] }[] } }
  nsis: { include: string }
}

const root = path.join(import.meta.dirname, '../..')
const configuration: Configuration = (await import(pathToFileURL(path.join(root, 'electron-builder.config.mjs')).href))
  .default

/** What a macro of an installer's script says, line by line, without comments. */
function macroOf(script: string, name: string): string[] {
  const [, body] = new RegExp(`^!macro ${name}$(.*?)^!macroend$`, 'ms').exec(script) ?? []
  return (body ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith(';'))
}

test('an installed program has the fuses that keep other programs from making it run something else', () => {
  expect(configuration.electronFuses).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    enableCookieEncryption: true,
    grantFileProtocolExtraPrivileges: false,
  })
})

describe('an installed program is offered for folders, which may be workspaces', () => {
  test('by the file managers of Linux', () => {
    expect(configuration.linux.mimeTypes).toContain('inode/directory')
  })

  test('by macOS', () => {
    const types = configuration.mac.extendInfo.CFBundleDocumentTypes
    expect(types.flatMap(({ LSItemContentTypes: content }) => content)).toContain('public.folder')
  })

  describe('by Windows', () => {
    const source = readFileSync(path.join(root, configuration.nsis.include), 'utf8').replaceAll('\r\n', '\n')
    const [, key] = /^!define FOLDER_VERB "(.*)"$/m.exec(source)!
    const script = source
      .replaceAll(/\$\{FOLDER_VERB\}/g, () => key)
      .replaceAll(/\$\{APP_EXECUTABLE_FILENAME\}/g, 'program.exe')
    const written = macroOf(script, 'customInstall').filter((line) => /^(Write|Delete)/.test(line))
    const valuesOf = (start: string) =>
      written.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length).trim())

    test('in the menu of every folder, with the folder as its one word', () => {
      expect(key).toMatch(/^Software\\Classes\\Directory\\shell\\\w+$/)
      expect(valuesOf(`WriteRegStr SHCTX "${key}\\command" ""`)).toEqual([`'"$INSTDIR\\program.exe" "%1"'`])
      expect(valuesOf(`WriteRegStr SHCTX "${key}" "Icon"`)).toEqual([`"$INSTDIR\\program.exe"`])
    })

    test('in the language of the installer', () => {
      expect(valuesOf(`WriteRegStr SHCTX "${key}" ""`)).toEqual([
        '"用 BehaveGPT Workbench 打开"',
        '"Open in BehaveGPT Workbench"',
      ])
    })

    test('for whom the program was installed, and nothing of it stays behind', () => {
      // In SHCTX, the person's own part of the registry or the machine's, and in the one key that goes.
      const places = [`WriteRegStr SHCTX "${key}" `, `WriteRegStr SHCTX "${key}\\`]
      expect(written.filter((line) => !places.some((place) => line.startsWith(place)))).toEqual([])
      expect(macroOf(script, 'customUnInstall')).toEqual([`DeleteRegKey SHCTX "${key}"`])
    })

    test('by macros that the installer of electron-builder asks for', () => {
      const templates = path.join(root, 'node_modules/app-builder-lib/templates/nsis')
      const asksFor = (file: string, macro: string) =>
        expect(readFileSync(path.join(templates, file), 'utf8')).toMatch(new RegExp(`!insertmacro ${macro}$`, 'm'))
      asksFor('installSection.nsh', 'customInstall')
      asksFor('uninstaller.nsh', 'customUnInstall')
    })
  })
})
