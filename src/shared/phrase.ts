/**
 * Something that the program says to a person: an English template with numbered gaps, such as `The run {0} does not exist.`, and what fills them. It is rendered
 * where it is read: in English by the command line, in the reader's language by the page, which looks the template up in `locales/LANGUAGE/phrases`.
 * A plain object, so that it crosses processes, sockets and JSON documents as it is.
 */
export interface Phrase {
  readonly template: string
  readonly values: readonly PhraseValue[]
}

/**
 * What fills a gap. A text (a name, a path, what another program said) stays as it is in every language; a number is a quantity, which the reader's language writes its
 * own way, so an identifier is given as a text; an instant (ISO-8601, UTC) is told in the reader's zone; a phrase is translated; a list is enumerated.
 */
export type PhraseValue = string | number | { readonly instant: string } | Phrase | readonly PhraseValue[]

/** Makes a phrase: the template's text stays together with what fills its gaps. */
export function phrase(strings: TemplateStringsArray, ...values: PhraseValue[]): Phrase {
  return { template: strings.reduce((template, part, index) => `${template}{${index - 1}}${part}`), values }
}

/** A text that no language changes: a quotation of somebody else, or what only a terminal shows. */
export const verbatim = (text: string): Phrase => ({ template: '{0}', values: [text] })

const terminalTemplate = ' ({0})'

/** The option or the command that does at a terminal what a sentence says, as its aside, with the space before it: a page has its own ways, and leaves it out. */
export const atTerminal = (words: string): Phrase => ({ template: terminalTemplate, values: [words] })

/** A language as a page says it: without what only a terminal offers. */
export const forPages = (language: PhraseLanguage): PhraseLanguage => ({
  ...language,
  translate: (template) => (template === terminalTemplate ? '' : language.translate(template)),
})

/** Sentences one after the other. */
export const sentences = (parts: readonly Phrase[]): Phrase =>
  joined(parts, (before, after) => phrase`${before} ${after}`)

/** Statements of which each could stand alone. */
export const statements = (parts: readonly Phrase[]): Phrase =>
  joined(parts, (before, after) => phrase`${before}; ${after}`)

/** A line for each. */
export const lines = (parts: readonly Phrase[]): Phrase => joined(parts, (before, after) => phrase`${before}\n${after}`)

function joined(parts: readonly Phrase[], join: (before: Phrase, after: Phrase) => Phrase): Phrase {
  return parts.length === 0 ? verbatim('') : parts.reduce(join)
}

/** How a language says phrases. */
export interface PhraseLanguage {
  /** The template in this language; undefined where it has no other. */
  translate(template: string): string | undefined
  number(value: number): string
  /** As it is without. */
  instant?(value: string): string
  /** A name, a path or what another program said; as it is without. */
  text?(value: string): string
  /** Between the members of an enumeration. */
  readonly separator: string
}

const english: PhraseLanguage = { translate: (template) => template, number: String, separator: ', ' }

/** The text of a phrase; in English, with numbers as programs write them, where no language is given. */
export function render({ template, values }: Phrase, language: PhraseLanguage = english): string {
  // A gap that nothing fills is part of the text: what was stored before phrases were, may hold braces.
  return (language.translate(template) ?? template).replaceAll(/\{(\d+)\}/g, (gap, index) =>
    Number(index) < values.length ? renderValue(values[Number(index)], language) : gap,
  )
}

function renderValue(value: PhraseValue, language: PhraseLanguage): string {
  if (typeof value === 'number') return language.number(value)
  if (isInstant(value)) return (language.instant ?? String)(value.instant)
  if (isList(value)) return value.map((member) => renderValue(member, language)).join(language.separator)
  // What a type wrongly promises, such as the text of something undefined, must not hide the error that is told.
  return isPhrase(value) ? render(value, language) : (language.text ?? String)(String(value))
}

const isInstant = (value: PhraseValue): value is { readonly instant: string } =>
  typeof value === 'object' && value !== null && 'instant' in value
const isList = (value: PhraseValue): value is readonly PhraseValue[] => Array.isArray(value)

export function isPhrase(value: unknown): value is Phrase {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false
  const { template, values } = value as Partial<Phrase>
  return typeof template === 'string' && Array.isArray(values)
}

/**
 * The phrase of a stored value. A text was stored before phrases were, or by `encodePhrase`: it is its own template, which may have a translation, and is shown
 * as it is where it has none.
 */
export const toPhrase = (stored: string | Phrase): Phrase =>
  typeof stored === 'string' ? { template: stored, values: [] } : stored

/**
 * A phrase as the text of a database column: one without values is its template and nothing else, so that a million equal reasons take no more room than they
 * did as texts, and older rows say the same.
 */
export const encodePhrase = (said: Phrase): string => (said.values.length === 0 ? said.template : JSON.stringify(said))

/** The phrase that `encodePhrase` made a text of; any other text is its own template. */
export function decodePhrase(stored: string): Phrase {
  if (!stored.startsWith('{"template":')) return toPhrase(stored)
  try {
    const parsed: unknown = JSON.parse(stored)
    if (isPhrase(parsed)) return parsed
  } catch {
    // No phrase, but a text that begins like one.
  }
  return toPhrase(stored)
}

/** A document for programs: each phrase in it is its English text. */
export const toEnglishJson = (document: unknown, indentation?: number): string =>
  JSON.stringify(document, (_key, value) => (isPhrase(value) ? render(value) : value), indentation)
