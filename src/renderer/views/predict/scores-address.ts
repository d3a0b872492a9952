import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { type ScoreOrder, scoreOrders } from '../../../shared/prediction.ts'

/** How scores are listed, kept in the address so that a link leads to the same list. */
export function useScoresAddress() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string) => {
    const value = route.query[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const change = (name: string, value: string | undefined) =>
    void router.replace({ query: { ...route.query, [name]: value } })
  const order = computed({
    get: (): ScoreOrder => scoreOrders.find((each) => each === text('order')) ?? 'name',
    set: (value) => change('order', value === 'name' ? undefined : value),
  })
  /** The most probable behaviour of those who are listed; undefined for everybody. */
  const behaviour = computed({
    get: () => text('first'),
    set: (value) => change('first', value || undefined),
  })
  return { order, behaviour }
}
