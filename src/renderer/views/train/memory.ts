import type { Device } from '../../../shared/configuration.ts'
import type { SizeEstimate } from '../../../shared/runs.ts'

/** Bytes that a training takes of a device's memory: of the processor's the whole process, of a card's what lies on it. */
export function memoryOn(device: Device | 'auto', { memory }: SizeEstimate): number {
  return device === 'cpu' || device === 'auto' ? memory.total : memory.state + memory.activations
}
