/** Runs are filled circles, baselines hollow diamonds. */
function mark(palette, kind, colour) {
  return kind === 'run'
    ? { symbol: 'circle', itemStyle: { color: colour } }
    : { symbol: 'diamond', itemStyle: { color: palette.panel, borderColor: colour, borderWidth: 1.5 } }
}

const shortened = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text)

/**
 * Layout of a series' labels: above the line of the interval, or the nearest place above or below where a label covers no earlier label or point.
 * (ECharts' own `moveOverlap` takes all labels for one column.)
 */
function labelsApart() {
  const shifts = [-9, 9, -24, -39, -54, -69, 24, 39]
  const height = 14
  let placed = []
  return ({ dataIndex, rect, labelRect: { x, width } }) => {
    if (dataIndex === 0) placed = []
    // From the point: when this is called again, the label's own rectangle has been moved already.
    const top = rect.y + rect.height / 2 - height / 2
    const covers = (dy) =>
      placed.some((other) => x < other.x + other.width && other.x < x + width && top + dy < other.y + other.height && other.y < top + dy + height)
    const dy = shifts.find((shift) => !covers(shift)) ?? shifts[0]
    placed.push(rect, { x, y: top + dy, width, height })
    return { dy }
  }
}

/** Accuracy against macro recall: what help for the tail costs. */
function tradeOffChart(palette) {
  const all = competitors()
  const colourOf = (index) => (all[index].kind === 'run' ? palette.run(all[index].index) : palette.baseline)
  const points = all.map(({ figures }) => [figures.accuracy, figures.macroRecall])
  const between = (path, along) =>
    all.flatMap(({ interval }, index) => {
      const ends = interval(path)
      return ends ? [{ value: [...points[index], ...ends], along, index }] : []
    })
  const across = between('accuracy', 'x')
  const upwards = between('macroRecall', 'y')
  const accuracies = points.map(([accuracy]) => accuracy)
  const middle = (Math.min(...accuracies) + Math.max(...accuracies)) / 2
  const { bayes } = report.runs[0].evaluation
  const best = all.reduce((winner, one) => (one.figures.macroRecall > winner.figures.macroRecall ? one : winner))
  const first = all.reduce((winner, one) => (one.figures.accuracy > winner.figures.accuracy ? one : winner))
  return {
    answer: `Highest accuracy: ${first.label} (${formatFigure(first.figures.accuracy)}). Highest macro recall: ${best.label} (${formatFigure(best.figures.macroRecall)}). Further up and to the right is better.`,
    option: {
      legend: { show: false },
      xAxis: axis(palette, 'accuracy (share of targets predicted)', { scale: true }),
      yAxis: axis(palette, 'macro recall (mean over behaviours)', { nameGap: 44, scale: true, min: 0 }),
      series: [
        intervalSeries('x', across.map(({ value }) => value), (index) => colourOf(across[index].index)),
        intervalSeries('y', upwards.map(({ value }) => value), (index) => colourOf(upwards[index].index)),
        {
          type: 'scatter',
          z: 3,
          data: all.map(({ label, kind }, index) => ({
            value: points[index],
            name: label,
            ...mark(palette, kind, colourOf(index)),
            symbolSize: kind === 'run' ? 11 : 10,
            label: { color: colourOf(index), position: points[index][0] > middle ? 'left' : 'right' },
          })),
          label: { show: true, distance: 8, formatter: ({ name }) => shortened(name, 30), fontSize: 12 },
          labelLayout: labelsApart(),
          tooltip: {
            formatter: ({ dataIndex }) => {
              const { label, figures, interval } = all[dataIndex]
              return tip(
                label,
                `accuracy ${formatFigure(figures.accuracy)} (${formatInterval(interval('accuracy'))})`,
                `macro recall ${formatFigure(figures.macroRecall)} (${formatInterval(interval('macroRecall'))})`,
                `n = ${formatCounted(report.runs[0].evaluation.targets, 'target')}`,
              )
            },
          },
          markLine: bayes && {
            symbol: 'none',
            silent: true,
            lineStyle: { color: palette.quiet, type: 'dashed' },
            label: { formatter: `best possible accuracy ${formatFigure(bayes.accuracy)}`, color: palette.quiet, backgroundColor: palette.panel, padding: 2, position: 'insideEndTop' },
            data: [{ xAxis: bayes.accuracy }],
          },
        },
      ],
      ...(bayes && { xAxis: axis(palette, 'accuracy (share of targets predicted)', { scale: true, max: (range) => Math.max(range.max, Math.ceil(50 * bayes.accuracy) / 50) }) }),
    },
  }
}

/** Macro recall of head, middle and tail: one panel each, a line for every run and baseline. */
function groupsChart(palette) {
  const all = competitors()
  const panels = groupNames.map((name, index) => ({ name, index, left: `${26 + index * 25}%`, width: '21%' }))
  const figureOf = (one, name) => one.figures.groups[name]
  const worst = report.runs.map(({ label, evaluation }) => `${label}: ${evaluation.worstGroup.group} (recall ${formatFigure(evaluation.worstGroup.recall)})`)
  const largest = Math.max(0.05, ...all.flatMap((one) => groupNames.map((name) => one.interval(`groups.${name}.macroRecall`)?.[1] ?? figureOf(one, name).macroRecall ?? 0)))
  const series = panels.flatMap(({ name, index }) => {
    const withInterval = all.flatMap((one, place) => {
      const ends = one.interval(`groups.${name}.macroRecall`)
      return ends && figureOf(one, name).macroRecall !== null ? [[figureOf(one, name).macroRecall, place, ...ends]] : []
    })
    return [
      intervalSeries('x', withInterval, () => palette.groups[index], { xAxisIndex: index, yAxisIndex: index }),
      {
        type: 'scatter',
        xAxisIndex: index,
        yAxisIndex: index,
        z: 3,
        data: all.map((one, place) => ({
          value: [figureOf(one, name).macroRecall, place],
          ...mark(palette, one.kind, palette.groups[index]),
          symbolSize: 9,
        })),
        tooltip: {
          formatter: ({ dataIndex }) => {
            const one = all[dataIndex]
            const { macroRecall, recall, targets, classes, supportedClasses } = figureOf(one, name)
            return tip(
              `${one.label}, ${name}`,
              `macro recall ${formatFigure(macroRecall)} (${formatInterval(one.interval(`groups.${name}.macroRecall`))})`,
              `recall ${formatFigure(recall)}, n = ${formatCounted(targets, 'target')}`,
              `${supportedClasses} of ${formatCounted(classes, 'behaviour')} with targets`,
            )
          },
        },
      },
    ]
  })
  const reference = report.runs[0].evaluation.groups
  return {
    answer: `Rule "${report.rule.name}": ${report.rule.description}. Worst group of ${worst.join('; ')}.`,
    height: Math.max(380, 124 + 26 * all.length),
    option: {
      legend: { show: false },
      title: panels.map(({ name, left, index }) => ({
        text: name,
        subtext: `${formatCounted(reference[name].targets, 'target')}\n${formatCounted(reference[name].supportedClasses, 'behaviour')}`,
        left,
        top: 4,
        itemGap: 2,
        textStyle: { color: palette.groups[index], fontSize: 13, fontWeight: 600 },
        subtextStyle: { color: palette.quiet, fontSize: 11, lineHeight: 14 },
      })),
      grid: panels.map(({ left, width }) => ({ left, width, top: 62, bottom: 48 })),
      xAxis: panels.map(({ index }) => axis(palette, 'macro recall', { gridIndex: index, min: 0, max: Math.ceil(largest * 20) / 20, splitNumber: 2 })),
      yAxis: panels.map(({ index }) => ({
        type: 'category',
        gridIndex: index,
        inverse: true,
        data: all.map(({ label }) => label),
        axisLine: { lineStyle: { color: palette.line } },
        axisTick: { show: false },
        axisLabel: { show: index === 0, color: palette.text, fontSize: 12, width: 150, overflow: 'truncate', interval: 0 },
        splitLine: { show: true, lineStyle: { color: palette.faint } },
      })),
      series,
    },
  }
}

/** Training frequency by rank, both axes logarithmic. */
function longTailChart(palette) {
  const { dataset, rankFrequency } = report
  const reference = report.runs[0].evaluation.groups
  return {
    answer: `The most frequent fifth of ${formatCounted(dataset.behaviours, 'behaviour')} makes up ${formatPercent(dataset.topFifthShare)} of ${formatCounted(dataset.trainingEvents, 'training event')} (Gini ${formatFigure(dataset.gini)}).`,
    option: {
      xAxis: axis(palette, 'rank by training frequency (log scale)', { type: 'log', min: 1, minorSplitLine: { show: false } }),
      yAxis: axis(palette, 'training events (log scale)', { type: 'log', min: 1, nameGap: 48 }),
      series: groupNames.map((name, group) => ({
        name: `${name} (${formatCount(reference[name].classes)})`,
        type: 'scatter',
        symbolSize: 5,
        itemStyle: { color: palette.groups[group] },
        data: rankFrequency.flatMap((point) => (point.group === group && point.count > 0 ? [{ value: [point.rank, point.count], name: point.name }] : [])),
        tooltip: {
          formatter: ({ data }) => tip(data.name, `rank ${formatCount(data.value[0])}`, formatCounted(data.value[1], 'training event'), name),
        },
      })),
    },
  }
}

/** Recall of each behaviour against its training frequency: for the reference, which has nothing to be compared with. */
function frequencyChart(palette, run) {
  const rows = report.behaviours.flatMap((behaviour, place) =>
    behaviour.support > 0 && behaviour.trainingCount > 0 ? [{ ...behaviour, recall: run.perBehaviour.correct[place] / behaviour.support }] : [],
  )
  const never = rows.filter(({ recall }) => recall === 0)
  return {
    question: 'Is recall a matter of frequency?',
    answer: `${run.label}, never predicted rightly: ${formatCount(never.length)} of ${formatCounted(rows.length, 'behaviour')} with targets. Size: targets.`,
    option: {
      xAxis: axis(palette, 'training events (log scale)', { type: 'log', min: 1 }),
      yAxis: axis(palette, 'recall', { min: 0, max: 1, nameGap: 44 }),
      series: groupNames.map((name, group) => ({
        name,
        type: 'scatter',
        itemStyle: { color: palette.groups[group], opacity: 0.65 },
        data: rows
          .filter((row) => row.group === group)
          .map((row) => ({ value: [row.trainingCount, row.recall], name: row.name, support: row.support, symbolSize: symbolSize(row.support) })),
        tooltip: {
          formatter: ({ data }) =>
            tip(data.name, `recall ${formatFigure(data.value[1])}, n = ${formatCounted(data.support, 'target')}`, `${formatCounted(data.value[0], 'training event')}, ${name}`),
        },
      })),
    },
  }
}

const symbolSize = (support) => Math.min(26, 4 + Math.sqrt(support) / 3)

/** Recall of each behaviour in two runs. */
function gainedChart(palette, run) {
  const [reference] = report.runs
  if (run === reference) return frequencyChart(palette, run)
  const rows = report.behaviours.flatMap((behaviour, place) =>
    behaviour.support > 0
      ? [{ ...behaviour, before: reference.perBehaviour.correct[place] / behaviour.support, after: run.perBehaviour.correct[place] / behaviour.support }]
      : [],
  )
  const gained = rows.filter(({ before, after }) => after > before)
  const lost = rows.filter(({ before, after }) => after < before)
  const weight = ({ before, after, support }) => Math.abs(after - before) * Math.sqrt(support)
  const named = new Set([gained, lost].flatMap((side) => [...side].sort((a, b) => weight(b) - weight(a)).slice(0, 3)))
  return {
    answer: `${run.label} against ${reference.label}: of ${formatCounted(rows.length, 'behaviour')} with targets, recall is higher for ${gained.length}, lower for ${lost.length} and the same for ${rows.length - gained.length - lost.length}. Above the line: gained. Size: targets.`,
    option: {
      xAxis: axis(palette, `recall, ${reference.label}`, { min: 0, max: 1 }),
      yAxis: axis(palette, `recall, ${run.label}`, { min: 0, max: 1, nameGap: 44 }),
      series: [
        { type: 'line', silent: true, symbol: 'none', data: [[0, 0], [1, 1]], lineStyle: { color: palette.quiet, width: 1, type: 'dashed' } },
        ...groupNames.map((name, group) => ({
          name,
          type: 'scatter',
          itemStyle: { color: palette.groups[group], opacity: 0.65 },
          data: rows.flatMap((row) =>
            row.group === group
              ? [
                  {
                    value: [row.before, row.after],
                    name: row.name,
                    support: row.support,
                    symbolSize: symbolSize(row.support),
                    label: { show: named.has(row), position: row.before > 0.7 ? 'left' : 'right' },
                  },
                ]
              : [],
          ),
          label: { formatter: (point) => point.name, color: palette.text, fontSize: 11, width: 130, overflow: 'truncate' },
          labelLayout: { hideOverlap: true },
          tooltip: {
            formatter: ({ data }) =>
              tip(
                data.name,
                `${reference.label}: recall ${formatFigure(data.value[0])}`,
                `${run.label}: recall ${formatFigure(data.value[1])}`,
                `n = ${formatCounted(data.support, 'target')}, ${name}`,
              ),
          },
        })),
      ],
    },
  }
}

/** Reliability diagram of the chosen run over bins of equal width. */
function calibrationChart(palette, run) {
  const { evaluation } = run
  return {
    answer:
      `${run.label}: ${calibrationErrors('expected calibration error', evaluation.ece, evaluation.eceAfterPriorCorrection)} over bins of equal width.` +
      ' Below the line: more confident than right. Size: targets in the bin.',
    option: reliabilityOption(palette, evaluation, evaluation.calibration, 1),
  }
}

/** The same over bins of equally many targets, drawn as large as its points allow: of many behaviours they all lie near 0. */
function countCalibrationChart(palette, run) {
  const { evaluation } = run
  const { equalCount } = evaluation.calibration
  if (!equalCount) return { answer: `${run.label} was evaluated before bins of equally many targets were kept: evaluate it again to see them.`, option: null }
  const largest = Math.max(...[...equalCount.before, ...(equalCount.after ?? [])].flatMap(({ confidence, accuracy }) => [confidence, accuracy]))
  return {
    answer: `${run.label}: ${calibrationErrors('adaptive calibration error', evaluation.ace, evaluation.aceAfterPriorCorrection)} over bins of equally many targets.`,
    option: reliabilityOption(palette, evaluation, equalCount, Math.min(1, Math.ceil(20.5 * largest) / 20)),
  }
}

const calibrationErrors = (name, before, after) =>
  `${name} ${formatFigure(before)}${after === null || after === undefined ? '' : ` and, after the prior correction, ${formatFigure(after)},`}`

/** Reliability curves before and after the prior correction. @param most end of both axes */
function reliabilityOption(palette, evaluation, { before, after }, most) {
  const lines = [
    { name: 'as trained', bins: before, colour: palette.run(1), type: 'solid', fill: palette.run(1) },
    ...(after ? [{ name: 'after prior correction', bins: after, colour: palette.run(2), type: 'dashed', fill: palette.panel }] : []),
  ]
  return {
    xAxis: axis(palette, 'mean probability of the predicted behaviour', { min: 0, max: most }),
    yAxis: axis(palette, 'share predicted rightly', { min: 0, max: most, nameGap: 44 }),
    series: [
      { type: 'line', silent: true, symbol: 'none', data: [[0, 0], [most, most]], lineStyle: { color: palette.quiet, width: 1, type: 'dotted' } },
      ...lines.map(({ name, bins, colour, type, fill }) => ({
        name,
        type: 'line',
        symbol: 'circle',
        lineStyle: { color: colour, type, width: 1.5 },
        itemStyle: { color: fill, borderColor: colour, borderWidth: 1.5 },
        data: bins
          .filter((bin) => bin.targets > 0)
          .map((bin) => ({ value: [bin.confidence, bin.accuracy], bin, symbolSize: 4 + 18 * Math.sqrt(bin.targets / evaluation.targets) })),
        tooltip: {
          formatter: ({ data }) =>
            tip(
              name,
              `probability ${formatFigure(data.bin.from)} to ${formatFigure(data.bin.to)}`,
              `mean ${formatFigure(data.bin.confidence)}, right ${formatFigure(data.bin.accuracy)}`,
              `n = ${formatCounted(data.bin.targets, 'target')}`,
            ),
        },
      })),
    ],
  }
}

/** Heat map of the most confused behaviours of the chosen run, rows normalised. */
function confusionsChart(palette, run) {
  const { classes, cells } = run.confusions
  if (classes.length === 0) return { answer: `${run.label} confuses nothing.`, option: null }
  const names = new Map(report.behaviours.map(({ id, name }) => [id, name]))
  const labels = classes.map((id) => names.get(id) ?? `behaviour ${id}`)
  const shown = (list) => ({
    type: 'category',
    data: list,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: palette.line } },
    nameLocation: 'middle',
    nameTextStyle: { color: palette.quiet, fontSize: 12 },
  })
  const text = { color: palette.text, fontSize: 11, overflow: 'truncate', interval: 0 }
  // A pair that never occurred is a cell with nothing in it, and no hole.
  const found = new Map(cells.map(([row, column, ...figures]) => [`${row} ${column}`, figures]))
  const every = classes.flatMap((_target, row) =>
    classes.map((_predicted, column) => {
      const [count, share] = found.get(`${row} ${column}`) ?? [0, 0]
      return { value: [column, row, share], count }
    }),
  )
  return {
    answer: `${run.label}: the ${formatCounted(classes.length, 'behaviour')} of its most frequent mistakes. Each row shows where the targets of one behaviour go, as shares of all its targets; the diagonal is its recall. The palest cells are 0: they never occurred.`,
    height: 560,
    option: {
      legend: { show: false },
      grid: { left: 150, right: 24, top: 16, bottom: 170 },
      xAxis: { ...shown(labels), name: 'predicted behaviour', nameGap: 108, axisLabel: { ...text, rotate: 90, width: 100 } },
      yAxis: { ...shown(labels), inverse: true, axisLabel: { ...text, width: 136 } },
      visualMap: {
        min: 0,
        max: Math.max(...cells.map(([, , , share]) => share)),
        dimension: 2,
        orient: 'horizontal',
        left: 'center',
        bottom: 6,
        itemHeight: 120,
        itemWidth: 10,
        precision: 2,
        calculable: true,
        text: ['', 'share of targets'],
        textStyle: { color: palette.quiet, fontSize: 11 },
        inRange: { color: palette.heat },
      },
      series: [
        {
          type: 'heatmap',
          data: every,
          itemStyle: { borderColor: palette.panel, borderWidth: 1 },
          tooltip: {
            formatter: ({ data }) =>
              tip(
                labels[data.value[1]],
                data.value[0] === data.value[1] ? 'predicted rightly' : `predicted as ${labels[data.value[0]]}`,
                `${formatCounted(data.count, 'target')}, ${formatPercent(data.value[2])} of the behaviour`,
              ),
          },
        },
      ],
    },
  }
}
