import { fileName } from './file-name.ts'

/** As what a picture can be taken along, as choices of a menu. */
export const pictureKinds = [
  { label: 'PNG', key: 'png' },
  { label: 'SVG', key: 'svg' },
]

/** Gives the person a file that the page made. */
export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  downloadUrl(name, url)
  // Not at once: the browser starts reading after this task.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export function downloadUrl(name: string, url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = fileName(name)
  link.click()
}

export function downloadText(name: string, type: string, text: string): void {
  downloadBlob(name, new Blob([text], { type }))
}
