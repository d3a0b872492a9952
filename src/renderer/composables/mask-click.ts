/**
 * For a dialog that a click beside it closes: not the second click of the double click that opened it, which would close it before it was seen.
 * @returns what naive-ui's modals and dialogs take.
 */
export const closedBeside = (close: () => void) => ({
  maskClosable: false,
  onMaskClick: ({ detail }: MouseEvent) => {
    if (detail < 2) close()
  },
})
