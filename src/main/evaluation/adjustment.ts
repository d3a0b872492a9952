/** Post-hoc logit adjustment (Menon et al. 2021, eq. 9): -tau log p_c, p_c the class's share of the training events: [V]. */
export function adjustmentShift(trainingCounts: Float64Array, tau: number): Float64Array {
  const total = trainingCounts.reduce((sum, count) => sum + count, 0)
  return trainingCounts.map((count) => (tau === 0 ? 0 : -tau * Math.log(count / total)))
}
