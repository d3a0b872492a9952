/** Makes a formatter once for each language: to make one takes longer than to write a page of numbers with it, and every cell of a table wants some. */
export function perLanguage<Formatter extends object>(
  make: (language: string) => Formatter,
): (language: string) => Formatter {
  const made = new Map<string, Formatter>()
  return (language) => {
    const known = made.get(language)
    if (known !== undefined) return known
    const formatter = make(language)
    made.set(language, formatter)
    return formatter
  }
}
