/**
 * How a page in a language writes dates and numbers: as in the region of the first language that the reader asks the browser for and that is the page's, such as `en-GB` of an English page. A
 * reader who asks for other digits or another calendar gets those of the page's language alone: files, logs and fields have no others.
 * @param wanted tags of languages, the most welcome first.
 */
export function localeOf(language: string, wanted: readonly string[] = navigator.languages): string {
  const own = new Intl.Locale(language).language
  const first = wanted.find((tag) => languageOf(tag) === own)
  return first !== undefined && countsAlike(first, language) ? first : language
}

/** Undefined of what is no language to this browser, such as the `C` of a bare system. */
function languageOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).language
  } catch {
    return undefined
  }
}

function countsAlike(one: string, other: string): boolean {
  const [a, b] = [one, other].map((locale) => new Intl.DateTimeFormat(locale).resolvedOptions())
  return a!.calendar === b!.calendar && a!.numberingSystem === b!.numberingSystem
}

/** Makes a formatter once for each language, as the reader's region writes it: to make one takes longer than to write a page of numbers with it, and every cell of a table wants some. */
export function perLanguage<Formatter extends object>(
  make: (locale: string) => Formatter,
): (language: string) => Formatter {
  const made = new Map<string, Formatter>()
  return (language) => {
    const known = made.get(language)
    if (known !== undefined) return known
    const formatter = make(localeOf(language))
    made.set(language, formatter)
    return formatter
  }
}

/** The order of names for readers of a language; numbers in them by their value. */
export const collator = perLanguage((locale) => new Intl.Collator(locale, { numeric: true }))
