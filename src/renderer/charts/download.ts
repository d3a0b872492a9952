/** Gives the person a file that the page made. */
export function downloadUrl(name: string, url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
}

export function downloadText(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  downloadUrl(name, url)
  setTimeout(() => URL.revokeObjectURL(url), 1_000)
}
