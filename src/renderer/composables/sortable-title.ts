import { h, type VNodeChild } from 'vue'

/** Heading of a sortable column of the component library's table, which sorts by clicks on it: as a button it can be pressed by keyboard, too. */
export const sortableTitle = (label: string) => (): VNodeChild =>
  h('button', { type: 'button', class: 'text-button sortable' }, label)
