import { apply, type Operation, requireType, type Value } from '../graph.ts'
import { tabulate } from '../tensors.ts'
import { add, multiply, subtract } from './elementwise.ts'

const siluOperation: Operation<null> = {
  name: 'silu',
  infer([x]) {
    requireType('silu', x, 'float32')
    const { type, shape } = x
    return [
      { type, shape },
      { type, shape },
    ]
  },
  derivative({ outputs: [y, s], gradients: [byY, byS] }) {
    const first = byY && multiply(byY, subtract(add(s, y), multiply(s, y)))
    const second = byS && multiply(byS, subtract(s, multiply(s, s)))
    return [first && second ? add(first, second) : (first ?? second)]
  },
  emit(emitter, [x], { outputs: [, s] }) {
    if (emitter.target === 'cpu' && !emitter.isUsed(s)) {
      const options = { outputs: 1, domain: 'com.microsoft', attributes: { alpha: { float: 1 } } } as const
      return [...emitter.nodes('QuickGelu', [x], options), '']
    }
    const sigmoid = emitter.node('Sigmoid', [x])
    return [emitter.node('Mul', [x, sigmoid]), sigmoid]
  },
  interpret([x], _, [shape]) {
    const s = tabulate(shape, (position) => 1 / (1 + Math.exp(-x.data[position])))
    return [tabulate(shape, (position) => x.data[position] * s.data[position]), s]
  },
}

/**
 * y = x s with s = sigmoid(x): SiLU, also called swish (Elfwing et al., arXiv 1702.03118).
 * Derivative: dx = g (s + y - s y). It reads s and y of the forward pass: each pass over the hidden layer that is saved counts.
 */
export function silu(x: Value): Value {
  return apply(siluOperation, [x], null)
}
