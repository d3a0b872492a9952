import type { EChartsCoreOption } from 'echarts/core'

/** A part of an option that has a place: the grid, the legend, the scale of colours. */
type Placed = { top?: number; bottom?: number; height?: number }
type Zoom = { type?: string; height?: number; bottom?: number; start?: number; end?: number }

export interface PictureHead {
  title: string
  /** What is shown, in lines that fit. */
  lines: readonly string[]
  colour: string
  mutedColour: string
}

const titleHeight = 30
const lineHeight = 16

/**
 * The option of a chart as a picture to take along: with its title and what it shows above it, the same stretch of its axes, and without the slider, which is there to be drawn.
 * @param zooms the zooms of the chart as it is seen now. @returns with it how many pixels higher than the chart the picture is.
 */
export function pictureOption(
  option: EChartsCoreOption,
  { title, lines, colour, mutedColour }: PictureHead,
  zooms: readonly Zoom[] = [],
): { option: EChartsCoreOption; higher: number } {
  const head = titleHeight + lineHeight * lines.length + 8
  const given = listOf(option.dataZoom as Zoom | Zoom[] | undefined)
  const below = given.reduce(
    (sum, { type, height = 0, bottom = 0 }) => sum + (type === 'slider' ? height + bottom : 0),
    0,
  )
  const moved = (part: unknown) => {
    const parts = listOf(part as Placed | Placed[] | undefined).map(({ top = 0, bottom, ...rest }) => ({
      ...rest,
      top: top + head,
      ...(bottom !== undefined && { bottom: bottom - below }),
    }))
    return Array.isArray(part) ? parts : parts[0]
  }
  return {
    option: {
      ...option,
      title: {
        text: title,
        subtext: lines.join('\n'),
        left: 8,
        top: 6,
        itemGap: 6,
        textStyle: { fontSize: 15, fontWeight: 600, color: colour },
        subtextStyle: { fontSize: 12, lineHeight, color: mutedColour },
      },
      grid: moved(option.grid),
      legend: moved(option.legend),
      visualMap: moved(option.visualMap),
      dataZoom: given.map((zoom, index) => ({
        ...zoom,
        ...(zoom.type === 'slider' && { show: false }),
        start: zooms[index]?.start ?? 0,
        end: zooms[index]?.end ?? 100,
      })),
    },
    higher: head - below,
  }
}

const listOf = <Item>(value: Item | Item[] | undefined): Item[] =>
  value === undefined ? [] : ([value].flat() as Item[])

/** Texts of scripts without spaces may end a line anywhere. */
const pieces = /\s*(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)/g
/** More would push the chart out of sight. */
const mostLines = 5

/** A text in lines of at most a width; what does not fit into the last one is left out, and a dot of three says so. */
export function linesOf(text: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = []
  for (const piece of text.match(pieces) ?? []) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last + piece) <= width) lines[lines.length - 1] = last + piece
    else if (lines.length < mostLines) lines.push(piece.trimStart())
    else return [...lines.slice(0, -1), `${last}…`]
  }
  return lines
}
