const longest = 60

/** A name from a file in a chart: short enough for a tooltip, and without what ECharts would read as markup of rich text (`{style|text}`). */
export function plainText(name: string): string {
  const shown = name.length > longest ? `${name.slice(0, longest)}…` : name
  return shown.replaceAll('{', '{\u200b').replaceAll(/[\r\n]+/g, ' ')
}
