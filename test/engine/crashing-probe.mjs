/** A probe whose webgpu driver takes the process down and whose cuda never answers; its cpu works. */
const device = process.argv[2]
if (device === 'webgpu') {
  process.stderr.write('driver: out of cheese\n', () => process.kill(process.pid, 'SIGSEGV'))
} else if (device === 'cuda') {
  setInterval(() => {}, 1000)
} else {
  const measurement = { losses: [2, 1], parameters: [0.5, 0.25], tokensPerSecond: 1000 }
  process.send({ kind: 'measured', measurement, final: true }, () => process.disconnect())
}
