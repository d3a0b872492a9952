/** Every operation of the graph, one file per family. */
export { silu } from './activations.ts'
export { expand, reduceSum } from './broadcasting.ts'
export {
  abs,
  add,
  and,
  cast,
  clamp,
  divide,
  equal,
  exp,
  floor,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  log,
  maximum,
  minimum,
  modulo,
  multiply,
  negate,
  not,
  type Operand,
  or,
  power,
  reciprocal,
  relu,
  sigmoid,
  sign,
  sqrt,
  square,
  stopGradient,
  subtract,
  tanh,
  where,
} from './elementwise.ts'
export {
  causalMask,
  gather,
  lowerTriangle,
  oneHot,
  pick,
  range,
  scatterAdd,
  sort,
  top,
} from './indexing.ts'
export { reshape, squeeze, transpose, unsqueeze } from './layout.ts'
export { gemm, linear, type MatmulOptions, matmul } from './matmul.ts'
export { crossEntropy, layerNormalization, logSoftmax, softmax } from './normalization.ts'
export { cumulativeSum, reduceMaximum, reduceMean, reduceMinimum } from './reductions.ts'
export { concat, embed, filled, narrowLike, slice, split } from './slicing.ts'
