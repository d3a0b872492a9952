/** A probe in which every device works, webgpu the fastest. */
const rates = { cpu: 1000, webgpu: 9000, cuda: 8000 }
const measurement = { losses: [2, 1], parameters: [0.5, 0.25], tokensPerSecond: rates[process.argv[2]] ?? 10 }
process.send({ kind: 'measured', measurement, final: true }, () => process.disconnect())
