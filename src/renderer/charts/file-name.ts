/** A name that every file system takes: what is forbidden becomes a dash. */
export function fileName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what file systems refuse
  return name.replaceAll(/[\u0000-\u001f<>:"/\\|?*]+/g, '-').slice(0, 150)
}

/** Name of a file among the workspace's exports: a bare name that is not hidden, short enough for every file system also in Chinese. */
export function exportName(name: string, ending: string): string {
  const bare = fileName(name).replace(/^\.+/, '').trim()
  return `${[...bare].slice(0, 50).join('') || 'export'}.${ending}`
}
