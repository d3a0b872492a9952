/** Views of the extra heads: name, heading, and what its targets are. */
const headViews = [
  ['location', 'Next location', 'every place of the vocabulary and "elsewhere or unknown" is a class'],
  ['knownLocation', 'Next location, where known', 'targets at a place of the vocabulary, ranked among its places alone'],
  ['gap', 'Time gap', '16 buckets from "same time" to "over 2 weeks"'],
]
/** Figure, heading, and whether more or less is better. */
const headColumns = [
  ['accuracy', 'accuracy', 1],
  ['macroRecall', 'macro recall', 1],
  ['hr@10', 'HR@10', 1],
  ['mrr', 'MRR', 1],
  ['nll', 'NLL, nats', -1],
  ['absoluteError', 'error, buckets', -1],
]

/** Where and how soon the next event happens: each run that predicts it, and the trivial baselines on its targets. */
function fillHeads() {
  const runs = report.runs.filter(({ evaluation }) => evaluation.heads)
  if (runs.length === 0) return
  byId('heads-section').hidden = false
  byId('heads-note').textContent =
    'Over every target of the split, its behaviour seen in training or not. Below each figure its 95 % interval (bootstrap over users). ' +
    'The error is the mean number of buckets between the gap and the median of the predicted distribution. Of gaps, two baselines give probabilities: ' +
    'the training distribution (most frequent) and the user’s own so far, which begins with eight gaps of it (user’s most frequent). Bold: best of its column. –: a baseline that gives no probabilities, or names one class and ranks nothing; the error is of ordered classes alone.'
  for (const [view, heading, classes] of headViews) {
    const shown = runs.filter(({ evaluation }) => evaluation.heads[view])
    if (shown.length === 0) continue
    const [{ evaluation: first }] = shown
    const all = [...shown.map(({ evaluation }) => evaluation.heads[view]), ...Object.values(first.heads[view].baselines)]
    const best = headColumns.map(([figure, , direction]) => {
      const values = all.map((figures) => figures[figure]).filter((value) => Number.isFinite(value))
      return direction > 0 ? Math.max(...values) : Math.min(...values)
    })
    const row = (label, kind, figures, interval) =>
      element(
        'tr',
        { class: kind },
        element('td', { class: 'name', title: label }, label),
        ...headColumns.map(([figure], index) =>
          cellOf(formatFigure(figures[figure]), formatInterval(interval(figure)), figures[figure] === best[index]),
        ),
      )
    const baselines = Object.entries(baselineLabels).map(([name, label], index) =>
      row(label, index === 0 ? 'baseline rule' : 'baseline', first.heads[view].baselines[name], (figure) => first.intervals[`heads.${view}.baselines.${name}.${figure}`]),
    )
    const rows = shown.map(({ label, evaluation }) => row(label, null, evaluation.heads[view], (figure) => evaluation.intervals[`heads.${view}.${figure}`]))
    const { targets, supportedClasses } = first.heads[view]
    byId('heads').append(
      element('h3', {}, heading),
      element('p', { class: 'note' }, `n = ${formatCounted(targets, 'target')}; ${classes}; ${formatCount(supportedClasses)} of ${formatCount(first.heads[view].classes)} classes with targets.`),
      element('div', { class: 'scroll' }, element('table', {}, headerRow(['', ...headColumns.map(([, name]) => name)]), element('tbody', {}, rows, baselines))),
    )
  }
}
