/** A probe in which every device works, webgpu the fastest; with several steps in each call half as fast again. */
const rates = { cpu: 1000, webgpu: 9000, cuda: 8000 }
const [device, stepsPerCall] = process.argv.slice(2)
const tokensPerSecond = (rates[device] ?? 10) * (stepsPerCall === '1' ? 1 : 1.5)
const measurement = { losses: [2, 1], parameters: [0.5, 0.25], tokensPerSecond }
process.send({ kind: 'measured', measurement, final: true }, () => process.disconnect())
