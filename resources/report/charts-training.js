const noHistory = (run) => ({ answer: `${run.label} has no training history stored.`, option: null })

/** Training loss and validation NLL of every run. */
function learningChart(palette) {
  const { bayes } = report.runs[0].evaluation
  const series = report.runs.flatMap(({ label, history }, index) => [
    {
      name: `${label}: training`,
      type: 'line',
      symbol: 'none',
      lineStyle: { color: palette.run(index), width: 1, opacity: 0.45 },
      itemStyle: { color: palette.run(index), opacity: 0.45 },
      data: history.loss,
    },
    {
      name: `${label}: validation`,
      type: 'line',
      symbol: 'circle',
      symbolSize: 5,
      lineStyle: { color: palette.run(index), width: 2 },
      itemStyle: { color: palette.run(index) },
      data: history.validation.map(({ step, nll }) => [step, nll]),
    },
  ])
  if (bayes && series.length > 0) {
    series[series.length - 1].markLine = {
      symbol: 'none',
      silent: true,
      lineStyle: { color: palette.quiet, type: 'dashed' },
      label: { formatter: `best possible ${formatFigure(bayes.nll)} (${report.split} targets)`, color: palette.quiet, backgroundColor: palette.panel, padding: 2, position: 'insideStartTop' },
      data: [{ yAxis: bayes.nll }],
    }
  }
  const best = report.runs.flatMap(({ label, history }) => {
    if (history.validation.length === 0) return []
    const lowest = history.validation.reduce((winner, row) => (row.nll < winner.nll ? row : winner))
    return [`${label} ${formatFigure(lowest.nll)} at step ${formatCount(lowest.step)}`]
  })
  return {
    answer: `Lowest validation NLL: ${best.join('; ') || 'none measured'}. The training loss is the weighted loss that the objective minimises: compare it within a run only.`,
    option: {
      tooltip: { ...baseOption(palette).tooltip, trigger: 'axis', valueFormatter: (value) => formatFigure(value) },
      // A scrolling legend is clipped to the height of its items, which must hold their text.
      legend: { ...baseOption(palette).legend, type: 'scroll', left: 64, right: 16, itemHeight: 14 },
      xAxis: axis(palette, 'step'),
      yAxis: axis(palette, 'loss, nats per target', { scale: true, nameGap: 44 }),
      series,
    },
  }
}

function groupLines(palette, run, pick) {
  return run.history.groups.map(({ name, ...lines }) => ({
    name,
    type: 'line',
    symbol: 'none',
    lineStyle: { color: palette.groups[groupNames.indexOf(name)], width: 1.5 },
    itemStyle: { color: palette.groups[groupNames.indexOf(name)] },
    data: pick(lines),
  }))
}

const last = (points) => points[points.length - 1]?.[1] ?? null

/** Running loss of head, middle and tail while the chosen run trained. */
function groupLossChart(palette, run) {
  const { groups } = run.history
  if (groups.every(({ loss }) => loss.length === 0)) return noHistory(run)
  return {
    answer: `${run.label}, at the end: ${groups.map(({ name, loss }) => `${name} ${formatFigure(last(loss))}`).join(', ')} nats (unweighted, running mean over training targets).`,
    option: {
      tooltip: { ...baseOption(palette).tooltip, trigger: 'axis', valueFormatter: (value) => formatFigure(value) },
      xAxis: axis(palette, 'step'),
      yAxis: axis(palette, 'loss, nats per target', { scale: true, nameGap: 44 }),
      series: groupLines(palette, run, ({ loss }) => loss),
    },
  }
}

/** What the objective (the adversary, for worst-case objectives) made of each group. */
function groupWeightChart(palette, run) {
  const { groups } = run.history
  if (groups.every(({ weight }) => weight.length === 0)) return noHistory(run)
  return {
    answer: `${run.label} (${run.evaluation.run.objective.name}), at the end: ${groups.map(({ name, weight }) => `${name} ${formatFigure(last(weight), 2)}`).join(', ')}. 1 is the weight of plain cross-entropy.`,
    option: {
      tooltip: { ...baseOption(palette).tooltip, trigger: 'axis', valueFormatter: (value) => formatFigure(value) },
      xAxis: axis(palette, 'step'),
      yAxis: axis(palette, 'mean weight of a target', { min: 0, nameGap: 44 }),
      series: groupLines(palette, run, ({ weight }) => weight),
    },
  }
}
