function headerRow(names) {
  return element('thead', {}, element('tr', {}, names.map((name, index) => element('th', { class: index === 0 && 'name', scope: 'col' }, name))))
}

function cellOf(value, interval, strong) {
  return element('td', {}, strong ? element('strong', {}, value) : value, interval ? element('span', { class: 'interval' }, interval) : null)
}

/** Columns of the main table: figure, heading, and whether more or less is better. */
const resultColumns = [
  ['accuracy', 'accuracy', 1],
  ['macroRecall', 'macro recall', 1],
  ['macroPrecision', 'macro precision', 1],
  ['macroF1', 'macro F1', 1],
  ['weightedPrecision', 'weighted precision', 1],
  ['hr@10', 'HR@10', 1],
  ['ndcg@10', 'NDCG@10', 1],
  ['mrr', 'MRR', 1],
  ['nll', 'NLL, nats', -1],
  ['nllAfterPriorCorrection', 'NLL, corrected', -1],
  ['ece', 'ECE', -1],
  ['eceAfterPriorCorrection', 'ECE, corrected', -1],
]

function fillResults() {
  const all = competitors()
  const best = resultColumns.map(([figure, , direction]) => {
    const values = all.map(({ figures }) => figures[figure]).filter((value) => Number.isFinite(value))
    return direction > 0 ? Math.max(...values) : Math.min(...values)
  })
  const rows = all.map(({ label, kind, figures, interval }, place) =>
    element(
      'tr',
      { class: kind === 'baseline' ? (all[place - 1].kind === 'run' ? 'baseline rule' : 'baseline') : null },
      element('td', { class: 'name', title: label }, label),
      ...resultColumns.map(([figure], index) =>
        cellOf(formatFigure(figures[figure]), formatInterval(interval(figure)), figures[figure] === best[index]),
      ),
    ),
  )
  const { bayes } = report.runs[0].evaluation
  if (bayes) {
    const known = { accuracy: bayes.accuracy, nll: bayes.nll }
    rows.push(
      element(
        'tr',
        { class: 'baseline rule' },
        element('td', { class: 'name' }, 'best possible (Bayes)'),
        ...resultColumns.map(([figure]) => cellOf(formatFigure(known[figure]))),
      ),
    )
  }
  byId('results').append(headerRow(['', ...resultColumns.map(([, heading]) => heading)]), element('tbody', {}, rows))
  const { targets, unseenTargets, users, classes, bootstrap } = report.runs[0].evaluation
  byId('results-note').textContent =
    `All behaviours ranked, n = ${formatCounted(targets, 'target')} of ${formatCounted(users, 'user')}` +
    (bootstrap.samples > 0 ? `; below each figure its 95 % interval (bootstrap over users, ${formatCounted(bootstrap.samples, 'resample')})` : '') +
    `. Accuracy is recall weighted by support. Macro averages are over the behaviours with targets, ${formatCount(classes.supported)} of ${formatCount(classes.total)}. ` +
    `${formatCounted(unseenTargets, 'further target')} of behaviours never seen in training: with such targets as misses, accuracy is ` +
    `${report.runs.map(({ label, evaluation }) => `${formatFigure(evaluation.accuracyIncludingUnseen)} (${label})`).join(', ')}. Bold: best of its column. –: a baseline that gives no probabilities, or names one behaviour and ranks nothing; of the best possible, what is not known.`
}

const comparedMetrics = [
  ['accuracy', 'accuracy'],
  ['macroRecall', 'macro recall'],
  ['macroPrecision', 'macro precision'],
  ['groups.head.macroRecall', 'head macro recall'],
  ['groups.middle.macroRecall', 'middle macro recall'],
  ['groups.tail.macroRecall', 'tail macro recall'],
  ['hr@10', 'HR@10'],
  ['ndcg@10', 'NDCG@10'],
  ['nll', 'NLL, nats'],
  ['ece', 'ECE'],
]

function fillDifferences() {
  if (report.comparisons.length === 0) return
  byId('differences-section').hidden = false
  byId('differences-note').textContent =
    `Each run minus ${report.runs[0].label} on the same targets, with 95 % intervals (paired bootstrap over users). ` +
    'Bold: the interval leaves out zero. McNemar counts targets that only one of the two got right; it treats targets as independent, the bootstrap does not.'
  const rows = report.comparisons.map(({ run, differences, mcnemar }) =>
    element(
      'tr',
      {},
      element('td', { class: 'name', title: run }, run),
      ...comparedMetrics.map(([metric]) => {
        const found = differences[metric]
        if (!found) return cellOf('–')
        const [low, high] = found.interval
        return cellOf(formatSigned(found.difference), `${formatSigned(low)}, ${formatSigned(high)}`, low > 0 || high < 0)
      }),
      cellOf(`${formatCount(mcnemar.onlyRun)} : ${formatCount(mcnemar.onlyReference)}`, `p ${formatProbability(mcnemar.p)}`),
    ),
  )
  byId('differences').append(
    headerRow(['', ...comparedMetrics.map(([, heading]) => heading), 'McNemar, gained : lost']),
    element('tbody', {}, rows),
  )
}

function fillPairs(run) {
  const names = new Map(report.behaviours.map(({ id, name }) => [id, name]))
  const nameOf = (id) => names.get(id) ?? `behaviour ${id}`
  const { pairs } = run.confusions
  byId('pairs-note').textContent = `${run.label}: the ${formatCounted(pairs.length, 'pair')} with the most targets; share of all targets of the behaviour.`
  byId('pairs').replaceChildren(
    headerRow(['behaviour', 'predicted as', 'targets', 'share']),
    element(
      'tbody',
      {},
      pairs.map(({ target, predicted, count, share }) =>
        element(
          'tr',
          {},
          element('td', { class: 'name', title: nameOf(target) }, nameOf(target)),
          element('td', { class: 'name', title: nameOf(predicted) }, nameOf(predicted)),
          cellOf(formatCount(count)),
          cellOf(formatPercent(share)),
        ),
      ),
    ),
  )
  byId('pairs').querySelectorAll('th')[1]?.classList.add('name')
}

/** The table of behaviours: sorted by a click on a heading, filtered by name and group, 100 rows at a time. */
function behaviourTable() {
  const columns = [
    { heading: 'behaviour', value: (row) => row.name, show: (row) => row.name },
    { heading: 'training events', value: (row) => row.trainingCount, show: (row) => formatCount(row.trainingCount) },
    { heading: 'targets', value: (row) => row.support, show: (row) => formatCount(row.support) },
    ...report.runs.flatMap((run, index) => [
      { heading: `${run.label}: recall`, value: (row) => row.recalls[index], show: (row) => formatFigure(row.recalls[index]) },
      { heading: `${run.label}: precision`, value: (row) => row.precisions[index], show: (row) => formatFigure(row.precisions[index]) },
    ]),
  ]
  const rows = report.behaviours.map((behaviour, place) => ({
    ...behaviour,
    recalls: report.runs.map(({ perBehaviour }) => (behaviour.support > 0 ? perBehaviour.correct[place] / behaviour.support : null)),
    precisions: report.runs.map(({ perBehaviour }) =>
      perBehaviour.predicted[place] > 0 ? perBehaviour.correct[place] / perBehaviour.predicted[place] : null,
    ),
  }))
  const state = { column: 1, descending: true, shown: 100 }

  function sorted() {
    const wanted = byId('filter').value.trim().toLowerCase()
    const group = byId('group').value
    const { value } = columns[state.column]
    const order = state.descending ? -1 : 1
    return rows
      .filter((row) => (group === '' || row.group === Number(group)) && row.name.toLowerCase().includes(wanted))
      .sort((a, b) => {
        const [x, y] = [value(a), value(b)]
        if (x === null || y === null) return (x === null) - (y === null)
        return order * (typeof x === 'string' ? x.localeCompare(y) : x - y)
      })
  }

  function draw() {
    const found = sorted()
    const headings = columns.map(({ heading }, index) =>
      element(
        'th',
        {
          class: index === 0 && 'name',
          scope: 'col',
          'aria-sort': index === state.column ? (state.descending ? 'descending' : 'ascending') : null,
        },
        element('button', { type: 'button', click: () => sortBy(index) }, heading),
      ),
    )
    const lines = found.slice(0, state.shown).map((row) =>
      element(
        'tr',
        {},
        element('td', { class: 'name', title: row.name }, element('span', { class: `key ${groupNames[row.group]}`, title: groupNames[row.group] }), row.name),
        ...columns.slice(1).map(({ show }) => element('td', {}, show(row))),
      ),
    )
    byId('behaviours').replaceChildren(element('thead', {}, element('tr', {}, headings)), element('tbody', {}, lines))
    byId('behaviours-count').textContent = `${formatCount(Math.min(state.shown, found.length))} of ${formatCount(found.length)} shown`
    byId('more').hidden = found.length <= state.shown
  }

  function sortBy(index) {
    state.descending = index === state.column ? !state.descending : index > 0
    state.column = index
    draw()
  }

  for (const control of ['filter', 'group']) byId(control).addEventListener('input', draw)
  byId('more').addEventListener('click', () => {
    state.shown += 100
    draw()
  })
  const { behaviours, dataset } = report
  byId('behaviours-note').textContent =
    (behaviours.length < dataset.behaviours
      ? `The ${formatCounted(behaviours.length, 'behaviour')} with the most targets of ${formatCount(dataset.behaviours)}; all are in behaviours.csv. `
      : '') + 'Recall is not defined without targets, precision not without predictions (it counts as 0 in macro precision).'
  draw()
}
