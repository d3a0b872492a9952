/** Resolves when the page has nothing else to do; what follows the wait is done in that moment. */
export function idleMoment(): Promise<void> {
  return new Promise((resolve) => requestIdleCallback(() => resolve()))
}
