import { type DialogOptions, useDialog } from 'naive-ui'
import { closedBeside } from './mask-click.ts'

/**
 * Asks before something is lost, in a dialog that a screen reader announces by its title; naive-ui's own has no name, and a cross that is read out in English.
 * Call it in a component's set-up.
 */
export function useConfirmation(): (options: DialogOptions & { title: string }) => void {
  const dialog = useDialog()
  return (options) => {
    // The first answer is the answer: the dialog takes clicks for as long as it fades.
    let answered: Promise<unknown> | undefined
    const once = (act: DialogOptions['onPositiveClick']) => (event: MouseEvent) => {
      answered ??= Promise.resolve(act?.(event))
      return answered
    }
    const named = { ...options, closable: false, 'aria-label': options.title, 'aria-modal': 'true' }
    const shown = dialog.warning({
      ...named,
      ...closedBeside(() => shown.destroy()),
      onPositiveClick: once(options.onPositiveClick),
      onNegativeClick: once(options.onNegativeClick),
    })
  }
}
