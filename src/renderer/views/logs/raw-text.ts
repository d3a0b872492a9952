/** The last part of a path. */
export const baseName = (file: string) => file.split(/[\\/]/).at(-1) ?? file

/** Control and invisible characters, and those that turn the direction of what follows; line breaks and tabs are themselves. */
const hidden = /[\p{Cf}\p{Zl}\p{Zp}]|[^\P{Cc}\n\t]/gu

/** A text of a file with everything in it visible: `\u{202E}` instead of what would turn the rest of the line around. */
export const visibleText = (text: string) =>
  text.replace(hidden, (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`)
