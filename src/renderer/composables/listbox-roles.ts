import { computed, nextTick, ref, useId } from 'vue'

/** A value that can be chosen. */
type Value = string | number

/**
 * The roles by which a screen reader follows a field and its list of options (WAI-ARIA combobox with a listbox), for fields of the component library, which has none: `field`, `list`
 * and `option` are attributes of the input, the list and each option, and `follow` is to be called after every key.
 * @param isOpen whether the list is shown
 * @param isChosen of an option's value
 */
export function useListboxRoles(
  isOpen: () => boolean,
  isChosen: (value: Value) => boolean,
  { isMultiple = false }: { isMultiple?: boolean } = {},
) {
  const id = useId()
  const numbers = new Map<Value, number>()
  const active = ref<string>()

  function idOf(value: Value): string {
    if (!numbers.has(value)) numbers.set(value, numbers.size)
    return `${id}-${numbers.get(value)}`
  }
  /** The library marks the option that Enter would take by a class alone. */
  async function follow(): Promise<void> {
    await nextTick()
    active.value = document.getElementById(id)?.querySelector('.n-base-select-option--pending')?.id
  }

  const field = computed(() => ({
    role: 'combobox',
    'aria-autocomplete': 'list' as const,
    'aria-haspopup': 'listbox' as const,
    'aria-expanded': isOpen(),
    'aria-controls': isOpen() ? id : undefined,
    'aria-activedescendant': isOpen() ? active.value : undefined,
  }))
  const list = { id, role: 'listbox', 'aria-multiselectable': isMultiple || undefined }
  const option = (value: Value) => ({ id: idOf(value), role: 'option', 'aria-selected': isChosen(value) })
  return { field, list, option, follow }
}
