/** What a spreadsheet takes for the beginning of a formula, whatever apostrophes stand before it. */
const formula = /^'*[=+\-@\t\r]/

/** Such a text with the apostrophe of `csvText` in front. */
const guarded = /^'+[=+\-@\t\r]/

/**
 * A text as a field of CSV (RFC 4180). One that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return)
 * gets an apostrophe in front, so that opening an exported file cannot run what somebody wrote into a log. So does one that begins with apostrophes
 * and then such a character, so that `unguarded` gives every text back. Numbers are no texts: they are written as they are.
 */
export function csvText(value: string): string {
  const harmless = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Whether a field, without the quotes around it, has an apostrophe in front as `csvText` puts it there. */
export function isGuarded(field: string): boolean {
  return guarded.test(field)
}

/**
 * What a field of delimited text stands for, without the quotes around it: the text that was given to `csvText`. Every reader of such text goes by it. Other programs
 * guard their exports in the same way, so an apostrophe before such a character is taken for a guard in whatever file it stands.
 */
export function unguarded(field: string): string {
  return isGuarded(field) ? field.slice(1) : field
}

/** Whether a text needs more than ASCII, which a spreadsheet only reads right when it is told the encoding. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
export const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text)

export const byteOrderMark = '\ufeff'

/** The rule for every file of CSV that the workbench writes: a byte order mark where it is not plain ASCII, since Excel on Windows takes it for the system's old encoding otherwise. Readers of delimited text leave the mark out. */
export const withByteOrderMark = (text: string): string => (isAscii(text) ? text : byteOrderMark + text)
