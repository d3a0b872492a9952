import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What axe looks at, beside everything. */
export interface LookingAt {
  /** Only the elements of this selector. */
  within?: string
  /** Only colours, which are all that another theme changes. */
  onlyColours?: boolean
}

/** Axe knows that the list of a combobox is scrolled by the keys of its field, but looks for the list's role on the very element that scrolls. */
const listsAreScrolledByTheirFields = { id: 'scrollable-region-focusable', selector: ':not([role=listbox] *)' }

/**
 * What axe finds serious on a page as it is now: a line per rule and element. Axe stays in the document between calls; of a page without frames that is all it needs, and a
 * fifth of the time that a session of its own for each call takes.
 */
export async function seriousFindings(page: Page, { within, onlyColours = false }: LookingAt = {}): Promise<string[]> {
  if (!(await page.evaluate(`'axe' in window`))) {
    await page.evaluate(axe.source)
    await page.evaluate(`axe.configure(${JSON.stringify({ rules: [listsAreScrolledByTheirFields] })})`)
  }
  // A notification that fades in has little contrast for a moment.
  const context = within === undefined ? { exclude: ['.n-notification-container'] } : { include: [within] }
  const options = { resultTypes: ['violations'], ...(onlyColours && { runOnly: ['color-contrast'] }) }
  const { violations } = await page.evaluate<axe.AxeResults>(
    `axe.run(${JSON.stringify(context)}, ${JSON.stringify(options)})`,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/** The same in the light theme, and then in the dark one. */
export async function seriousFindingsInBothThemes(page: Page): Promise<string[]> {
  const light = await seriousFindings(page)
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await page.locator('html[data-theme=dark]').waitFor()
  const dark = await seriousFindings(page, { onlyColours: true })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.locator('html[data-theme=light]').waitFor()
  return [...light, ...dark]
}
