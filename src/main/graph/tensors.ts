import type { Tensor } from './graph.ts'

/** Helpers of the float64 interpretations in operations/: plain loops over row-major tensors. */

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** Distance in elements between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}

/** Builds a tensor from a function of the position in row-major order. */
export function tabulate(shape: readonly number[], element: (position: number) => number): Tensor {
  const data = new Float64Array(sizeOf(shape))
  for (let position = 0; position < data.length; position++) data[position] = element(position)
  return { data, shape }
}

/** Visits the coordinates of a shape in row-major order, with the position. The array of coordinates is reused between calls. */
export function visitCoordinates(
  shape: readonly number[],
  visit: (coordinates: readonly number[], position: number) => void,
): void {
  const coordinates = new Array<number>(shape.length).fill(0)
  const size = sizeOf(shape)
  for (let position = 0; position < size; position++) {
    visit(coordinates, position)
    let axis = shape.length - 1
    while (axis >= 0 && ++coordinates[axis] === shape[axis]) coordinates[axis--] = 0
  }
}

/** Builds a tensor from a function of the coordinates. The array of coordinates is reused between calls. */
export function tabulateCoordinates(
  shape: readonly number[],
  element: (coordinates: readonly number[], position: number) => number,
): Tensor {
  const data = new Float64Array(sizeOf(shape))
  visitCoordinates(shape, (coordinates, position) => {
    data[position] = element(coordinates, position)
  })
  return { data, shape }
}

/** Position of coordinates in a row-major tensor with these strides. */
export function positionOf(coordinates: readonly number[], strides: readonly number[]): number {
  let position = 0
  for (let axis = 0; axis < strides.length; axis++) position += coordinates[axis] * strides[axis]
  return position
}

/**
 * Strides with which a tensor is read as if it had been broadcast to `shape`: 0 along axes that repeat.
 * `tensor` is aligned at the last axis.
 */
export function broadcastStrides(tensor: readonly number[], shape: readonly number[]): number[] {
  const strides = stridesOf(tensor)
  const missing = shape.length - tensor.length
  return shape.map((_, axis) => (axis < missing || tensor[axis - missing] === 1 ? 0 : strides[axis - missing]))
}
