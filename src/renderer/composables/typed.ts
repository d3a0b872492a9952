import { type Ref, ref, watch } from 'vue'

/**
 * A text that is typed into a field and kept in the address. The field has it at once, the address some moments later: a field that waited for that would be set back, and the cursor with it, between
 * one key and the next.
 */
export function useTyped({ get, set }: { get: () => string; set: (text: string) => void }): Ref<string> {
  const text = ref(get())
  watch(text, (typed) => {
    if (typed !== get()) set(typed)
  })
  watch(get, (named) => {
    text.value = named
  })
  return text
}
