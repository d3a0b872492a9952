/** Colours of the current scheme, from the style sheet: head, middle and tail look the same in every chart and table. */
function colours() {
  const style = getComputedStyle(document.documentElement)
  const value = (name) => style.getPropertyValue(`--${name}`).trim()
  return {
    text: value('text'),
    quiet: value('quiet'),
    line: value('line'),
    faint: value('faint'),
    panel: value('panel'),
    baseline: value('baseline'),
    heat: [value('heat-low'), value('heat-high')],
    groups: groupNames.map(value),
    run: (index) => value(`run-${index % 8}`),
  }
}

const fontFamily = 'system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif'

/** What all charts share. */
function baseOption(palette) {
  return {
    animation: false,
    textStyle: { fontFamily, color: palette.text },
    grid: { left: 64, right: 24, top: 36, bottom: 48 },
    tooltip: {
      confine: true,
      backgroundColor: palette.panel,
      borderColor: palette.line,
      textStyle: { color: palette.text, fontSize: 12 },
      className: 'tip',
    },
    legend: { top: 6, right: 16, itemWidth: 14, itemHeight: 9, textStyle: { color: palette.text, fontSize: 12 } },
    toolbox: {
      right: 6,
      bottom: -3,
      itemSize: 11,
      iconStyle: { borderColor: palette.quiet },
      feature: { saveAsImage: { title: 'Save as PNG', backgroundColor: palette.panel, pixelRatio: 2 } },
    },
  }
}

/** An axis with its name and unit. */
function axis(palette, name, more = {}) {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap: 30,
    nameTextStyle: { color: palette.quiet, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: palette.line } },
    axisTick: { lineStyle: { color: palette.line } },
    axisLabel: { color: palette.quiet, fontSize: 11, hideOverlap: true },
    splitLine: { lineStyle: { color: palette.faint } },
    ...more,
  }
}

/** A tooltip of plain texts: a title and lines below it. */
function tip(title, ...lines) {
  return element('div', { class: 'tip' }, element('b', {}, title), ...lines.filter(Boolean).map((line) => element('div', {}, line)))
}

/** A series of interval lines: data are [x, y, low, high] along the axis `along`. */
function intervalSeries(along, data, colourOf, more = {}) {
  return {
    type: 'custom',
    silent: true,
    z: 1,
    data,
    encode: along === 'x' ? { x: [0, 2, 3], y: 1 } : { x: 0, y: [1, 2, 3] },
    renderItem: (parameters, api) => {
      const [x, y] = [api.value(0), api.value(1)]
      const ends = [api.value(2), api.value(3)].map((end) => api.coord(along === 'x' ? [end, y] : [x, end]))
      return {
        type: 'line',
        shape: { x1: ends[0][0], y1: ends[0][1], x2: ends[1][0], y2: ends[1][1] },
        style: { stroke: colourOf(parameters.dataIndex), lineWidth: 1.5, opacity: 0.75 },
      }
    },
    ...more,
  }
}

const charts = []

/**
 * Fills a figure: a question as its title, the answer below it, and a chart that follows the colour scheme and the size of the window.
 * `build` gives the answer and the chart's option (null where there is nothing to draw), and a question of its own where it draws something
 * else; it is called again when the chosen run changes.
 */
function addChart(id, question, build, { small = false } = {}) {
  const figure = byId(id)
  const heading = element('h2')
  const note = element('p', { class: 'note' })
  const holder = element('div', { class: 'chart', role: 'img' })
  figure.classList.toggle('small', small)
  figure.append(heading, note, holder)
  let chart = null
  const draw = () => {
    const palette = colours()
    const { question: asked = question, answer, option, height } = build(palette)
    heading.textContent = asked
    note.textContent = answer
    holder.setAttribute('aria-label', `${asked} ${answer}`)
    holder.hidden = option === null
    if (option === null) return
    if (height) holder.style.height = `${height}px`
    chart ??= echarts.init(holder, null, { renderer: 'canvas' })
    chart.resize()
    chart.setOption({ ...baseOption(palette), ...option }, true)
  }
  charts.push({ draw, resize: () => chart?.resize() })
}

function drawCharts() {
  for (const { draw } of charts) draw()
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawCharts)
addEventListener('resize', () => {
  for (const { resize } of charts) resize()
})
