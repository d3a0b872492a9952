import type { Device } from '../../shared/configuration.ts'

/** Steps of a call where several pay: an answer of the adversary, every 10 steps by default, ends a call, and of the copies through the host a tenth is left. */
export const severalStepsPerCall = 10

/**
 * How many training steps one call of a device computes if nobody says otherwise.
 *
 * - cpu, webgpu: 1. The state stays in memory of theirs from call to call; webgpu has no Scan, and around one it would copy the state in every step.
 * - cuda: several. Its provider has Scan, so the state stays on the card within a call; onnxruntime-node binds none of its memory between calls.
 * - dml, coreml: 1. Their providers have no Scan. ONNX Runtime runs the loop on the cpu and hands the state to the device in each of its steps, so
 *   the copies that the loop is there to save are made all the same.
 */
export function standardStepsPerCall(device: Device): number {
  return device === 'cuda' ? severalStepsPerCall : 1
}
