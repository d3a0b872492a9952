import { computed, ref, watch } from 'vue'

/** What a person can choose of a table. */
export interface ChoosableColumn {
  readonly key: string
  readonly label: string
  /** Always there, such as the name that leads to a row's page. */
  readonly isFixed?: boolean
}

/**
 * Which columns of a table are shown: chosen by a person, and remembered by the browser.
 * @param table names the table in the browser's storage.
 * @param all every column that it can have.
 * @param atFirst keys of those that it has until a person chooses others; all when absent.
 */
export function useChosenColumns<Column extends ChoosableColumn>(
  table: string,
  all: () => readonly Column[],
  atFirst?: readonly string[],
) {
  const storageKey = `${table}.columns`
  const chosen = ref(storedKeys(storageKey) ?? atFirst)
  watch(chosen, (keys) => localStorage.setItem(storageKey, JSON.stringify(keys)))
  const choosable = computed(() => all().filter(({ isFixed }) => !isFixed))
  const shownKeys = computed({
    get: () => chosen.value ?? choosable.value.map(({ key }) => key),
    set: (keys: readonly string[]) => {
      chosen.value = keys
    },
  })
  const shown = computed(() => all().filter(({ key, isFixed }) => isFixed || shownKeys.value.includes(key)))
  return { choosable, shown, shownKeys }
}

/** A column as wide as its texts usually are, in pixels. */
interface WideColumn {
  readonly key: string
  readonly width: number
}

/** The columns with widths in CSS: what room there is beyond those goes to one of them. */
export const widened = <Column extends WideColumn>(columns: readonly Column[], widest: string) =>
  columns.map((column) => ({
    ...column,
    width: column.key === widest ? `minmax(${column.width}px, 1fr)` : `${column.width}px`,
  }))

function storedKeys(storageKey: string): readonly string[] | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? 'null')
    if (Array.isArray(stored) && stored.every((key) => typeof key === 'string')) return stored
  } catch {
    // What is not a list of columns is as good as none.
  }
  return undefined
}
