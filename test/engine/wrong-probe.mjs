/** A probe whose webgpu computes, faster than the cpu, but something else. */
const wrong = process.argv[2] === 'webgpu'
const measurement = {
  losses: [2, 1],
  parameters: [0.5, wrong ? 0.3 : 0.25],
  tokensPerSecond: wrong ? 9000 : 1000,
}
process.send({ kind: 'measured', measurement, final: true }, () => process.disconnect())
