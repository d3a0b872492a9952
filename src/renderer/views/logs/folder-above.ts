/** The folder in which a folder lies, of an absolute path as its machine writes it; the path itself where nothing is above it. */
export function folderAbove(folder: string): string {
  const above = folder.replace(/[\\/]+[^\\/]+[\\/]*$/, '')
  if (above === folder) return folder
  // A root ends in a separator: that of the system, of a drive.
  return above === '' || /^[a-z]:$/i.test(above) ? `${above}${folder[above.length]}` : above
}
