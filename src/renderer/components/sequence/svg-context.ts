import type { DrawingContext } from './drawing-context.ts'

/** What `save` keeps and `restore` brings back. */
type Style = Pick<SvgContext, 'fillStyle' | 'strokeStyle' | 'globalAlpha' | 'lineWidth' | 'font' | 'textAlign'> & {
  transform: string
}

const rounded = (value: number) => String(Math.round(100 * value) / 100)
const anchors = { left: 'start', start: 'start', center: 'middle', right: 'end', end: 'end' }

/**
 * What is drawn on it becomes the shapes of an SVG: as much of a canvas as pictures of sequences need. Lines of text stand with their middle at the height that is given, whatever
 * `textBaseline` says.
 */
export class SvgContext implements DrawingContext {
  fillStyle: unknown = '#000000'
  strokeStyle: unknown = '#000000'
  globalAlpha = 1
  lineWidth = 1
  font = '10px sans-serif'
  textAlign: DrawingContext['textAlign'] = 'left'
  textBaseline: DrawingContext['textBaseline'] = 'middle'
  private readonly ground: string
  private readonly measure: (text: string, font: string) => number
  private transform = ''
  private readonly saved: Style[] = []
  private path = ''
  private readonly shapes: string[] = []

  /**
   * @param ground the colour below everything, which also stands where something is cleared.
   * @param measure how wide a text is in a font, in pixels.
   */
  constructor(ground: string, measure: (text: string, font: string) => number) {
    this.ground = ground
    this.measure = measure
  }

  /** Everything drawn so far as a document of this size. */
  toSvg(width: number, height: number): string {
    const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
    const ground = `<rect width="100%" height="100%" fill="${this.ground}"/>`
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${[ground, ...this.shapes].join('\n')}\n</svg>\n`
  }

  save(): void {
    const { fillStyle, strokeStyle, globalAlpha, lineWidth, font, textAlign, transform } = this
    this.saved.push({ fillStyle, strokeStyle, globalAlpha, lineWidth, font, textAlign, transform })
  }

  restore(): void {
    Object.assign(this, this.saved.pop())
  }

  translate(x: number, y: number): void {
    this.transform += `translate(${rounded(x)} ${rounded(y)})`
  }

  rotate(angle: number): void {
    this.transform += `rotate(${rounded((180 * angle) / Math.PI)})`
  }

  clearRect(x: number, y: number, width: number, height: number): void {
    this.rectangle(x, y, width, height, `fill="${this.ground}"`)
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.rectangle(x, y, width, height, this.filled())
  }

  beginPath(): void {
    this.path = ''
  }

  moveTo(x: number, y: number): void {
    this.path += `M${rounded(x)} ${rounded(y)}`
  }

  lineTo(x: number, y: number): void {
    this.path += `L${rounded(x)} ${rounded(y)}`
  }

  /** A whole circle, whatever the angles. */
  arc(x: number, y: number, radius: number, _from: number, _until: number): void {
    const r = rounded(radius)
    const half = `a${r} ${r} 0 1 0`
    this.path += `M${rounded(x - radius)} ${rounded(y)}${half} ${rounded(2 * radius)} 0${half} ${rounded(-2 * radius)} 0z`
  }

  roundRect(x: number, y: number, width: number, height: number, radius: number): void {
    const r = Math.min(radius, width / 2, height / 2)
    const [across, down] = [rounded(width - 2 * r), rounded(height - 2 * r)]
    const corner = (dx: number, dy: number) => `a${rounded(r)} ${rounded(r)} 0 0 1 ${rounded(dx)} ${rounded(dy)}`
    this.path += `M${rounded(x + r)} ${rounded(y)}h${across}${corner(r, r)}v${down}${corner(-r, r)}`
    this.path += `h${rounded(2 * r - width)}${corner(-r, -r)}v${rounded(2 * r - height)}${corner(r, -r)}z`
  }

  fill(): void {
    this.add(`<path d="${this.path}" ${this.filled()}`, '/>')
  }

  stroke(): void {
    const style = `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"`
    this.add(`<path d="${this.path}" ${style}${this.opacity()}`, '/>')
  }

  fillText(text: string, x: number, y: number): void {
    // By a share of its height and not by a baseline of SVG's, which many programs do not know.
    const place = `x="${rounded(x)}" y="${rounded(y)}" dy=".35em" text-anchor="${anchors[this.textAlign]}"`
    this.add(`<text ${place} style="font:${this.font}" ${this.filled()}`, `>${escaped(text)}</text>`)
  }

  measureText(text: string): { width: number } {
    return { width: this.measure(text, this.font) }
  }

  private rectangle(x: number, y: number, width: number, height: number, style: string): void {
    // A canvas draws to the left of where a negative width begins.
    const left = rounded(Math.min(x, x + width))
    const size = `width="${rounded(Math.abs(width))}" height="${rounded(Math.max(0, height))}"`
    this.add(`<rect x="${left}" y="${rounded(y)}" ${size} ${style}`, '/>')
  }

  private filled(): string {
    return `fill="${this.fillStyle}"${this.opacity()}`
  }

  private opacity(): string {
    return this.globalAlpha === 1 ? '' : ` opacity="${this.globalAlpha}"`
  }

  private add(begin: string, end: string): void {
    this.shapes.push(`${begin}${this.transform === '' ? '' : ` transform="${this.transform}"`}${end}`)
  }
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** A text from a file as text of a document: without the characters that XML has not. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML refuses
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll(/[&<>]/g, (character) => entities[character]!)
  )
}
