import type { ConfusionFigures } from '../../../shared/evaluation-details.ts'

/** A cell as a chart reads it: column and row in the classes, share of the row's targets, and how many. */
export type MatrixCell = [column: number, row: number, share: number, count: number]

/** Every cell of the matrix, row by row: a pair that never occurs is a cell with nothing in it, and no hole. */
export function matrixCells({ classes, cells }: Pick<ConfusionFigures, 'classes' | 'cells'>): MatrixCell[] {
  const found = new Map(cells.map(([row, column, count, share]) => [row * classes.length + column, { count, share }]))
  return classes.flatMap((_target, row) =>
    classes.map((_predicted, column): MatrixCell => {
      const { count, share } = found.get(row * classes.length + column) ?? { count: 0, share: 0 }
      return [column, row, share, count]
    }),
  )
}
