function fillHeader() {
  const { dataset, runs, split, rule } = report
  const { evaluation } = runs[0]
  byId('simulated').hidden = !report.simulated
  byId('title').textContent = `${dataset.name}: next-behaviour predictions on ${split === 'test' ? 'test' : 'validation'} targets`
  const shares = dataset.split.kind === 'time' ? `by global time, ${[dataset.split.train, dataset.split.valid, dataset.split.test].map((share) => formatPercent(share, 0)).join(' / ')}` : 'leave one out'
  const facts = {
    runs: runs.map(({ label }) => label).join(', '),
    targets: `${formatCount(evaluation.targets)} (+ ${formatCount(evaluation.unseenTargets)} unseen)`,
    users: `${formatCount(evaluation.users)} with targets, ${formatCount(dataset.users)} in all`,
    events: formatCount(dataset.events),
    behaviours: formatCount(dataset.behaviours),
    places: formatCount(dataset.locations - 1),
    split: shares,
    groups: `rule "${rule.name}"`,
    checkpoint: `${evaluation.checkpoint}, picked by validation ${evaluation.selectBy}`,
    made: `${report.createdAt.slice(0, 16).replace('T', ' ')} UTC`,
  }
  byId('facts').append(...Object.entries(facts).map(([term, text]) => element('div', {}, element('dt', {}, term), element('dd', {}, text))))
}

/** The report's findings in words, from its numbers alone. */
function findings() {
  const all = competitors()
  const trivial = all.filter(({ kind }) => kind === 'baseline')
  const strongest = trivial.reduce((winner, one) => (one.figures.accuracy > winner.figures.accuracy ? one : winner))
  const lines = report.runs.map(({ label, evaluation }) => {
    const lead = evaluation.baselines[strongest.name].lead.accuracy
    const gap = evaluation.accuracy - strongest.figures.accuracy
    const sure = lead !== null && (lead.interval[0] > 0 || lead.interval[1] < 0)
    const verdict = gap > 0 ? (sure ? 'beats' : 'is not clearly better than') : sure ? 'is worse than' : 'does not beat'
    const difference = lead === null ? '' : `, difference ${formatSigned(lead.difference)} (${formatSigned(lead.interval[0])} to ${formatSigned(lead.interval[1])})`
    return `${label} ${verdict} the strongest trivial baseline in accuracy: ${formatFigure(evaluation.accuracy)} against ${formatFigure(strongest.figures.accuracy)} of "${strongest.label}"${difference}.`
  })
  const { bayes } = report.runs[0].evaluation
  if (bayes) {
    const reached = report.runs.map(({ label, evaluation }) => `${label} reaches ${formatPercent(evaluation.accuracy / bayes.accuracy)} of that accuracy and lies ${formatFigure(evaluation.nll - bayes.nll)} nats above that NLL`)
    lines.push(`The best possible predictor, which knows how the log was generated, has accuracy ${formatFigure(bayes.accuracy)} and NLL ${formatFigure(bayes.nll)}: ${reached.join('; ')}.`)
  }
  for (const { run, differences } of report.comparisons) {
    const said = (metric) => {
      const found = differences[metric]
      return found ? `${formatSigned(found.difference)} (${formatSigned(found.interval[0])} to ${formatSigned(found.interval[1])})` : 'not defined'
    }
    lines.push(`${run} against ${report.runs[0].label}: macro recall ${said('macroRecall')}, tail macro recall ${said('groups.tail.macroRecall')}, accuracy ${said('accuracy')}.`)
  }
  return lines
}

const method = {
  ranking: 'Every target is ranked among all behaviours of the vocabulary, never among a sample. Rank = number of behaviours that score at least as high, so ties count against the target.',
  accuracy: 'Share of targets whose behaviour has the highest score (of equal scores, the one more frequent in training). The same number as recall weighted by support.',
  'macro averages': 'Mean over the behaviours with targets of precision (0 where never predicted), recall and F1 (mean of the behaviours’ F1). Weighted: by support.',
  'HR@k, NDCG@k, MRR': 'Means over targets of 1[rank ≤ k], 1[rank ≤ k] / log2(rank + 1) and 1 / rank.',
  NLL: 'Mean −log p of the target’s behaviour, in nats.',
  ECE: 'Sum over 15 equally wide bins of the top-1 probability of (targets in bin / targets) × |share right − mean probability|.',
  ACE: 'The same over 15 bins that begin at the quantiles 0, 1/15 … 14/15 of the top-1 probability and so hold about equally many targets: of many behaviours nearly all probabilities lie in the first bins of equal width. Equal probabilities share a bin.',
  'prior correction': 'Objectives that re-weight behaviours distort probabilities by a factor per behaviour. One factor per behaviour is fitted on validation targets so that predicted shares match theirs (each smoothed by its training share); NLL, ECE and ACE “corrected” are after it.',
  baselines: 'On the same targets: the behaviour most frequent in training; the user’s last behaviour; the likeliest successor in training of the last behaviour; the behaviour that the user did most so far. The first, third and fourth rank all behaviours: by the same counts, those without one behind them by their training frequency.',
  intervals: 'Bootstrap over users, all targets of a drawn user together: 2.5 % and 97.5 % quantiles, shifted by the mean difference between the resampled figures and the figure itself, because rare behaviours drop out of resamples and bias macro averages.',
  unseen: 'Behaviours that never occur in the training period cannot be predicted. They are left out of all figures but the accuracy that counts them as misses.',
}

function fillMethod() {
  const settings = report.runs.map(({ label, evaluation: { run, device, adjustment, priorCorrection } }) => {
    const parameters = Object.entries(run.objective.parameters).map(([name, value]) => `${name} ${value}`).join(', ')
    return [
      label,
      `objective ${run.objective.name}${parameters ? ` (${parameters})` : ''}, seed ${run.seed}, post-hoc tau ${adjustment}, evaluated on ${device}` +
        (priorCorrection ? `, prior correction from ${formatCounted(priorCorrection.fittedOnTargets, 'validation target')}` : '') +
        `; run ${run.id}`,
    ]
  })
  const { dataset, version } = report
  const entries = [...Object.entries(method), ...settings, ['dataset', `${dataset.id}, content ${dataset.contentHash}`], ['program', `BehaveGPT Workbench ${version}`]]
  byId('method').append(...entries.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)]))
}

/** The run that the charts below the chooser show. */
let chosen = report.runs[Math.min(1, report.runs.length - 1)]

function addChooser() {
  if (report.runs.length < 2) return
  byId('chooser').hidden = false
  byId('run').append(...report.runs.map((run, index) => element('option', { value: String(index), selected: run === chosen }, run.label)))
  byId('run').addEventListener('change', () => {
    chosen = report.runs[Number(byId('run').value)]
    drawCharts()
    fillPairs(chosen)
  })
}

fillHeader()
byId('findings').append(...findings().map((line) => element('li', {}, line)))
fillResults()
fillDifferences()
fillHeads()
addChooser()
addChart('trade-off', 'What does help for rare behaviours cost?', tradeOffChart)
addChart('groups', 'Who is served: head, middle or tail?', groupsChart)
addChart('gained', 'Which behaviours gained, which lost?', (palette) => ({ height: 520, ...gainedChart(palette, chosen) }))
addChart('calibration', 'Can the probabilities be trusted?', (palette) => calibrationChart(palette, chosen))
addChart('calibration-count', 'Can they where most of them lie?', (palette) => countCalibrationChart(palette, chosen))
addChart('learning', 'Did training converge without overfitting?', learningChart, { small: true })
addChart('long-tail', 'How long is the tail?', longTailChart, { small: true })
addChart('group-loss', 'Did the rare groups learn too?', (palette) => groupLossChart(palette, chosen), { small: true })
addChart('group-weight', 'What did the objective weigh?', (palette) => groupWeightChart(palette, chosen), { small: true })
addChart('confusions', 'Which behaviours are taken for which?', (palette) => confusionsChart(palette, chosen))
drawCharts()
fillPairs(chosen)
behaviourTable()
fillMethod()
