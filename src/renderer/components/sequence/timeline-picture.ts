import type { TimelinePrediction } from '../../../shared/sequence.ts'
import type { DrawingContext } from './drawing-context.ts'
import { SvgContext } from './svg-context.ts'
import { draw, drawBlock, fitText, pictureFont, type Scene } from './timeline-drawing.ts'
import { block } from './timeline-layout.ts'

/** A sequence as its page shows it now, and what is expected next, if anything, to be taken along. */
export interface SequencePicture {
  readonly scene: Scene
  readonly expected?: {
    readonly heading: string
    readonly predictions: readonly TimelinePrediction[]
    percent(probability: number): string
  }
}

/** As sharp as a screen of twice as many pixels shows it. */
const pixelRatio = 2
const expectedWidth = 250
const expectedTop = 26
const rowHeight = block.height + 4

/** @returns an SVG document. */
export function pictureAsSvg(picture: SequencePicture): string {
  const context = new SvgContext(picture.scene.colours.surface, measureOnCanvas)
  drawPicture(context, picture)
  const { width, height } = sizeOf(picture)
  return context.toSvg(width, height)
}

export function pictureAsCanvas(picture: SequencePicture): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  const { width, height } = sizeOf(picture)
  canvas.width = width * pixelRatio
  canvas.height = height * pixelRatio
  const context = canvas.getContext('2d')!
  context.scale(pixelRatio, pixelRatio)
  drawPicture(context, picture)
  // Below what is drawn, which clears some places as it goes.
  context.globalCompositeOperation = 'destination-over'
  context.fillStyle = picture.scene.colours.surface
  context.fillRect(0, 0, width, height)
  return canvas
}

/** As tall as the page shows it, or as all that is expected needs: nobody can scroll a picture. */
function sizeOf({ scene, expected }: SequencePicture): { width: number; height: number } {
  if (expected === undefined) return { width: scene.width, height: scene.height }
  const wanted = expectedTop + expected.predictions.length * rowHeight + 4
  return { width: scene.width + expectedWidth, height: Math.max(scene.height, wanted) }
}

function drawPicture(context: DrawingContext, picture: SequencePicture): void {
  const { scene, expected } = picture
  // Where the pointer was is of no interest elsewhere.
  draw(context, { ...scene, hovered: null })
  if (expected === undefined) return
  const { height } = sizeOf(picture)
  // Nights and the last events reach beyond the edges of their part.
  context.clearRect(0, scene.height, scene.width, height - scene.height)
  context.clearRect(scene.width, 0, expectedWidth, height)
  context.fillStyle = scene.colours.text
  context.fillRect(scene.width, 0, 2, height)
  drawExpected(context, scene, expected)
}

/** Beside the sequence, as the page has it: behaviours with their probabilities, and bars for these. */
function drawExpected(
  context: DrawingContext,
  { width: left, colours, colourOf }: Scene,
  { heading, predictions, percent }: NonNullable<SequencePicture['expected']>,
): void {
  context.font = `600 ${pictureFont}`
  context.textAlign = 'left'
  fitText(context, heading, left + 10, expectedTop / 2, expectedWidth - 20, colours.text)
  context.font = pictureFont
  const most = predictions.reduce((highest, { probability }) => Math.max(highest, probability), 1e-9)
  for (const [row, { behaviour, probability }] of predictions.entries()) {
    const top = expectedTop + row * rowHeight
    context.fillStyle = colours.accent
    context.globalAlpha = 0.16
    context.fillRect(left + 2, top + 1, ((expectedWidth - 2) * probability) / most, rowHeight - 2)
    context.globalAlpha = 1
    drawBlock(context, colourOf(behaviour), behaviour, left + 10, top + 2)
    context.textAlign = 'left'
    const nameLeft = left + 10 + block.width + 6
    fitText(context, behaviour, nameLeft, top + rowHeight / 2, expectedWidth - 100, colours.text)
    context.textAlign = 'right'
    context.fillStyle = colours.text
    context.fillText(percent(probability), left + expectedWidth - 8, top + rowHeight / 2)
  }
}

let measuring: CanvasRenderingContext2D | undefined
function measureOnCanvas(text: string, font: string): number {
  measuring ??= document.createElement('canvas').getContext('2d')!
  measuring.font = font
  return measuring.measureText(text).width
}
