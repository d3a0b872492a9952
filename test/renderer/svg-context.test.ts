import { describe, expect, test } from 'vitest'
import { SvgContext } from '../../src/renderer/components/sequence/svg-context.ts'

/** Shapes of a picture of 100 by 50, without the document and the ground. */
function shapes(drawOn: (context: SvgContext) => void): string[] {
  const context = new SvgContext('#ffffff', (text) => 6 * text.length)
  drawOn(context)
  const lines = context.toSvg(100, 50).trimEnd().split('\n')
  expect(lines[0]).toBe('<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50">')
  expect(lines[1]).toBe('<rect width="100%" height="100%" fill="#ffffff"/>')
  expect(lines.at(-1)).toBe('</svg>')
  return lines.slice(2, -1)
}

describe('a picture of a sequence as SVG', () => {
  test('has areas, outlines and texts with the style of the moment at which they were drawn', () => {
    const drawn = shapes((context) => {
      context.fillStyle = '#ff0000'
      context.globalAlpha = 0.5
      context.fillRect(1, 2, 3.14567, 4)
      context.globalAlpha = 1
      context.fillStyle = '#00ff00'
      context.beginPath()
      context.roundRect(10, 20, 26, 20, 4)
      context.fill()
      context.strokeStyle = '#0000ff'
      context.lineWidth = 2.5
      context.stroke()
      context.font = '11px sans-serif'
      context.textAlign = 'center'
      context.fillText('walk', 23, 30)
    })
    const block = 'M14 20h18a4 4 0 0 1 4 4v12a4 4 0 0 1 -4 4h-18a4 4 0 0 1 -4 -4v-12a4 4 0 0 1 4 -4z'
    expect(drawn).toEqual([
      '<rect x="1" y="2" width="3.15" height="4" fill="#ff0000" opacity="0.5"/>',
      `<path d="${block}" fill="#00ff00"/>`,
      `<path d="${block}" fill="none" stroke="#0000ff" stroke-width="2.5"/>`,
      '<text x="23" y="30" dy=".35em" text-anchor="middle" style="font:11px sans-serif" fill="#00ff00">walk</text>',
    ])
  })

  test('has names from files as what they are', () => {
    const [text] = shapes((context) => context.fillText('<script>&\u0001\ud800 "x"', 0, 0))
    expect(text).toMatch(/>&lt;script&gt;&amp;\ufffd\ufffd "x"<\/text>$/)
  })

  test('turns only what is drawn before the turn is taken back', () => {
    const [turned, straight] = shapes((context) => {
      context.fillStyle = '#111111'
      context.save()
      context.translate(5, 6)
      context.rotate(Math.PI / 4)
      context.fillStyle = '#222222'
      context.fillRect(0, 0, 1, 1)
      context.restore()
      context.fillRect(0, 0, 1, 1)
    })
    expect(turned).toBe('<rect x="0" y="0" width="1" height="1" fill="#222222" transform="translate(5 6)rotate(45)"/>')
    expect(straight).toBe('<rect x="0" y="0" width="1" height="1" fill="#111111"/>')
  })

  test('has the ground where something is cleared, a round dot, and areas that were begun at their right', () => {
    const drawn = shapes((context) => {
      context.clearRect(1, 1, 2, 2)
      context.beginPath()
      context.arc(10, 10, 4, 0, 2 * Math.PI)
      context.fill()
      context.fillRect(9, 0, -5, 1)
    })
    expect(drawn).toEqual([
      '<rect x="1" y="1" width="2" height="2" fill="#ffffff"/>',
      '<path d="M6 10a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z" fill="#000000"/>',
      '<rect x="4" y="0" width="5" height="1" fill="#000000"/>',
    ])
  })

  test('measures texts in the font of the moment', () => {
    const fonts: string[] = []
    const context = new SvgContext('#fff', (text, font) => {
      fonts.push(font)
      return text.length
    })
    context.font = '600 12px sans-serif'
    expect(context.measureText('walk').width).toBe(4)
    expect(fonts).toEqual(['600 12px sans-serif'])
  })
})
