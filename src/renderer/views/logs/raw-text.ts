/** The last part of a path. */
export const baseName = (file: string) => file.split(/[\\/]/).at(-1) ?? file

/** Control and invisible characters, and those that turn the direction of what follows; line breaks and tabs are themselves. */
const hidden = /[\p{Cf}\p{Zl}\p{Zp}]|[^\P{Cc}\n\t]/gu

/** A text of a file with everything in it visible: `\u{202E}` instead of what would turn the rest of the line around. */
export const visibleText = (text: string) =>
  text.replace(hidden, (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`)

/** Where a file of a source came from: by its path, or that it was uploaded or generated, and then its path is gone. */
export function originOf(file: string): { kind: 'file' | 'upload' | 'generated'; name: string } {
  const [, folder] = /[\\/]temporary[\\/](uploads|simulated-)/.exec(file) ?? []
  if (folder === undefined) return { kind: 'file', name: file }
  return { kind: folder === 'uploads' ? 'upload' : 'generated', name: baseName(file) }
}
