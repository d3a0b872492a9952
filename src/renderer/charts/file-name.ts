/** A name that every file system takes: what is forbidden becomes a dash. */
export function fileName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what file systems refuse
  return name.replaceAll(/[\u0000-\u001f<>:"/\\|?*]+/g, '-').slice(0, 150)
}

/** Name, without its ending, of a file that shows something of a subject, such as a run: in lower case with dashes; letters of every script stay. */
export function fileStem(shows: string, subject: string): string {
  const [what, whose] = [shows, subject].map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}._]+/gu, '-')
      .replaceAll(/^[-.]+|[-.]+$/g, ''),
  ) as [string, string]
  return [what, whose === what ? '' : whose].filter(Boolean).join('-') || 'export'
}

/** Name of a file among the workspace's exports: a bare name that is not hidden, short enough for every file system also in Chinese. */
export function exportName(name: string, ending: string): string {
  const bare = fileName(name).replace(/^\.+/, '').trim()
  return `${[...bare].slice(0, 50).join('') || 'export'}.${ending}`
}
