/** The ReportDocument of the page. */
const report = JSON.parse(document.getElementById('data').textContent)
const groupNames = ['head', 'middle', 'tail']
const baselineLabels = {
  mostFrequent: 'most frequent',
  repeatLast: 'repeat last',
  markov: 'first-order Markov',
  userMostFrequent: "user's most frequent",
}

/** An element. Children that are texts become text, never markup: names in a log may hold anything. */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (typeof value === 'function') node.addEventListener(name, value)
    else node.setAttribute(name, value === true ? '' : value)
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return node
}

const byId = (id) => document.getElementById(id)
const integers = new Intl.NumberFormat('en')

/** A count with thousands separators. */
function formatCount(value) {
  return integers.format(value)
}

/** 1 target, 1,234 targets. */
function formatCounted(value, noun) {
  return `${formatCount(value)} ${value === 1 ? noun : `${noun}s`}`
}

/** A share, NLL or difference with three decimals, without a sign where that rounds to 0; a dash where it is not defined. */
function formatFigure(value, decimals = 3) {
  return formatDecimals(value, { decimals, signDisplay: 'negative' })
}

function formatDecimals(value, { decimals, signDisplay }) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay, useGrouping: false }
  return value.toLocaleString('en', options).replace('-', '−')
}

function formatInterval(interval, decimals = 3) {
  return interval ? `${formatFigure(interval[0], decimals)}–${formatFigure(interval[1], decimals)}` : ''
}

function formatSigned(value, decimals = 3) {
  return formatDecimals(value, { decimals, signDisplay: 'exceptZero' })
}

function formatProbability(p) {
  return p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, '')
}

function formatPercent(share, decimals = 1) {
  return `${(100 * share).toFixed(decimals)} %`
}

/** Runs and baselines in the order of the tables, with the figures of both under the same names. */
function competitors() {
  const reference = report.runs[0].evaluation
  return [
    ...report.runs.map((run, index) => ({
      label: run.label,
      kind: 'run',
      index,
      figures: run.evaluation,
      interval: (path) => run.evaluation.intervals[path],
    })),
    ...Object.entries(baselineLabels).map(([name, label]) => ({
      label,
      name,
      kind: 'baseline',
      index: -1,
      figures: reference.baselines[name],
      interval: (path) => reference.intervals[`baselines.${name}.${path}`],
    })),
  ]
}
