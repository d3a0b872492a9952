/** Bytes of a name that every file system takes, its ending apart: some take 143 and some 255. */
const mostBytes = 130
/** Of them, those of what a file is about, such as a run; what it shows has the rest. */
const subjectBytes = 72
const bytesOf = (text: string) => new TextEncoder().encode(text).length

/** The first characters, or the last, that have no more bytes than this. */
function within(text: string, bytes: number, from: 'start' | 'end' = 'start'): string {
  let characters = [...text]
  while (bytesOf(characters.join('')) > bytes)
    characters = from === 'start' ? characters.slice(0, -1) : characters.slice(1)
  return characters.join('')
}

/** Without what a cut leaves at the ends of a name. */
const tidy = (name: string) => name.replaceAll(/^[-.\s]+|[-.\s]+$/g, '')

/** A name that every file system takes: what is forbidden becomes a dash. */
export function fileName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what file systems refuse
  return name.replaceAll(/[\u0000-\u001f<>:"/\\|?*]+/g, '-').slice(0, 150)
}

/** A long subject in short: its beginning and its end, since names of runs that belong together differ in their ends. */
function shortSubject(subject: string): string {
  if (bytesOf(subject) <= subjectBytes) return subject
  const half = (subjectBytes - 1) / 2
  return `${tidy(within(subject, half))}-${tidy(within(subject, half, 'end'))}`
}

/** Name, without its ending, of a file that shows something of a subject, such as a run: in lower case with dashes, the subject whole where it is not very long; letters of every script stay. */
export function fileStem(shows: string, subject: string): string {
  const [what, whose] = [shows, subject].map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}._]+/gu, '-')
      .replaceAll(/^[-.]+|[-.]+$/g, ''),
  ) as [string, string]
  const short = shortSubject(whose)
  // What is named after its subject already: the subject stands at its end all the same, so that no cut takes it away.
  const rest = whose !== '' && `${what}-`.startsWith(`${whose}-`) ? what.slice(whose.length) : what
  const shown = tidy(within(tidy(rest), mostBytes - bytesOf(short) - 1))
  return [shown, short].filter(Boolean).join('-') || 'export'
}

/** Name of a file among the workspace's exports: a bare name that is not hidden, short enough for every file system also in Chinese. */
export function exportName(name: string, ending: string): string {
  return `${tidy(within(tidy(fileName(name)), mostBytes)) || 'export'}.${ending}`
}
