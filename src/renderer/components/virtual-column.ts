/** A column of a virtualised table; `width` is CSS, such as 90px or minmax(0, 1fr). */
export interface VirtualColumn {
  key: string
  label: string
  width?: string
  align?: 'left' | 'right'
  sort?: 'ascending' | 'descending'
  /** The label is for screen readers alone. */
  isLabelHidden?: boolean
}
