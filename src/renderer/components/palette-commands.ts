import { type Ref, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { RouteLocationRaw } from 'vue-router'
import type { ErrorDocument } from '../../shared/errors.ts'
import { jobTitle } from '../../shared/job-titles.ts'
import type { JobRecord } from '../../shared/jobs.ts'
import { type Language, languages, themeChoices } from '../../shared/settings.ts'
import { api } from '../api.ts'
import { useFormat } from '../composables/format.ts'
import { usePhrases } from '../composables/phrases.ts'
import { errorOf } from '../connection.ts'
import { type Page, pages } from '../router.ts'
import { useJobs } from '../stores/jobs.ts'
import { useNames } from '../stores/names.ts'
import { usePreferences } from '../stores/preferences.ts'
import { behaviourPlace, userPlace } from './explore-places.ts'
import { isTraining } from './job-links.ts'

/** Something that the palette can do: go to a place, or run. */
export interface Command {
  id: string
  kind: 'page' | 'action' | 'run' | 'dataset' | 'review' | 'source' | 'user' | 'behaviour'
  label: string
  note?: string
  place?: RouteLocationRaw
  run?: () => void
}

const shownOfEach = 8
const restMilliseconds = 120

/** The commands that fit the query, best first within each kind; names of users and behaviours are searched in the workspace. */
export function usePaletteCommands(query: Ref<string>, open: Ref<boolean>) {
  const { t } = useI18n()
  const format = useFormat()
  const jobs = useJobs()
  const names = useNames()
  const { say } = usePhrases()
  const preferences = usePreferences()
  const commands = shallowRef<Command[]>([])
  const searching = ref(false)
  /** Why users and behaviours could not be searched. */
  const error = shallowRef<ErrorDocument>()
  let stored: Command[] = []
  let actions: Command[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let question = 0

  function fixed(): Command[] {
    return [
      ...pages.map((page: Page) => ({
        id: `page-${page}`,
        kind: 'page' as const,
        label: t(`${page}.title`),
        place: `/${page}`,
      })),
      { id: 'import', kind: 'action', label: t('palette.action.import'), place: '/logs/import' },
      { id: 'build', kind: 'action', label: t('palette.action.build'), place: '/datasets/new' },
      { id: 'train', kind: 'action', label: t('palette.action.train'), place: '/train' },
      { id: 'review', kind: 'action', label: t('palette.action.review'), place: '/review/new' },
      { id: 'events', kind: 'action', label: t('palette.action.events'), place: '/explore/events' },
      { id: 'score', kind: 'action', label: t('palette.action.score'), place: '/predict/scores' },
      { id: 'simulate', kind: 'action', label: t('palette.action.simulate'), place: '/welcome' },
      ...jobs.active.flatMap(stopsOf),
      ...themeChoices.map((choice) => ({
        id: `theme-${choice}`,
        kind: 'action' as const,
        label: t(`palette.action.theme.${choice}`),
        run: () => void preferences.change({ theme: choice }),
      })),
      ...Object.entries(languages).map(([language, ownName]) => ({
        id: `language-${language}`,
        kind: 'action' as const,
        label: t('palette.action.language', { language: ownName }),
        run: () => void preferences.change({ language: language as Language }),
      })),
    ]
  }

  /** Ways to end a job that waits or runs; what it says then is in the drawer. */
  function stopsOf(job: JobRecord): Command[] {
    const what = say(jobTitle(job, names.nameOf))
    const stop = (verb: 'pause' | 'cancel') => ({
      id: `${verb}-${job.id}`,
      kind: 'action' as const,
      label: t(`palette.action.${verb}`, { what }),
      run: () => void api.jobs[verb]({ id: job.id }).catch(() => {}),
    })
    return [...(isTraining(job) && job.state === 'running' ? [stop('pause')] : []), stop('cancel')]
  }

  /** What can be done with one run, dataset or review; asked for by its name. */
  const action = (id: string, label: string, place: string): Command => ({ id, kind: 'action', label, place })

  async function load(): Promise<void> {
    const [runs, datasets, reviews, sources] = await Promise.all([
      api.runs.list({}),
      api.datasets.list({}),
      api.review.list({}),
      api.logs.listSources({}),
    ])
    const ofRuns = runs.flatMap(({ id, name }) => {
      const run = encodeURIComponent(id)
      return [
        action(`predict-${id}`, t('palette.action.predictWith', { name }), `/predict?run=${run}`),
        action(`score-${id}`, t('palette.action.scoreWith', { name }), `/predict/scores?run=${run}`),
        action(`watch-${id}`, t('palette.action.watch', { name }), `/train/${run}`),
      ]
    })
    const ofDatasets = datasets.map(({ id, names: [name = id] }) =>
      action(`train-${id}`, t('palette.action.trainOn', { name }), `/train?dataset=${encodeURIComponent(name)}`),
    )
    const ofReviews = reviews.map(({ id, name }) =>
      action(`label-${id}`, t('palette.action.label', { name }), `/review/${id}`),
    )
    actions = [...ofRuns, ...ofDatasets, ...ofReviews]
    stored = [
      ...runs.map((run) => ({
        id: `run-${run.id}`,
        kind: 'run' as const,
        label: run.name,
        note: run.objective,
        place: `/runs/${encodeURIComponent(run.id)}`,
      })),
      ...datasets.map(({ id, names }) => ({
        id: `dataset-${id}`,
        kind: 'dataset' as const,
        label: names[0] ?? id,
        place: `/datasets/${encodeURIComponent(id)}`,
      })),
      ...reviews.map(({ id, name }) => ({
        id: `review-${id}`,
        kind: 'review' as const,
        label: name,
        place: `/review/${id}/overview`,
      })),
      ...sources.map(({ id, name, events }) => ({
        id: `source-${id}`,
        kind: 'source' as const,
        label: name,
        note: format.counted(events, 'events'),
        place: `/logs/${id}`,
      })),
    ]
  }

  /** Shows what the page knows by itself; names come below it once they are found, so that nothing moves away from the pointer or from Enter. */
  function showLocal(): void {
    const text = query.value.trim()
    const own = text === '' ? [] : matching(actions, text).slice(0, shownOfEach)
    commands.value = [...matching([...fixed(), ...stored], text), ...own]
    // What is still asked for fitted another text.
    forgetQuestion()
    searching.value = text !== ''
    if (searching.value) timer = setTimeout(() => addNames(text), restMilliseconds)
  }

  function forgetQuestion(): void {
    question++
    clearTimeout(timer)
    error.value = undefined
  }

  async function addNames(text: string): Promise<void> {
    const asked = question
    try {
      const found = await searchNames(text, (events) => format.counted(events, 'events'))
      if (asked === question) commands.value = [...commands.value, ...found]
    } catch (thrown) {
      if (asked === question) error.value = errorOf(thrown)
    } finally {
      if (asked === question) searching.value = false
    }
  }

  watch(open, async (isOpen) => {
    if (!isOpen) {
      forgetQuestion()
      return
    }
    commands.value = fixed()
    await load().catch(() => {
      // Without them the palette still reaches everything that is fixed; pages say what is wrong with the workspace.
    })
    if (open.value) showLocal()
  })
  watch(query, () => open.value && showLocal())
  return { commands, searching, error }
}

/** Those whose label holds every word of the text, labels that start with it first. */
function matching(commands: readonly Command[], text: string): Command[] {
  const words = text.toLocaleLowerCase().split(/\s+/)
  const startsWith = (command: Command) => command.label.toLocaleLowerCase().startsWith(words[0] ?? '')
  const fitting = commands.filter(({ label }) => words.every((word) => label.toLocaleLowerCase().includes(word)))
  const perKind = new Map<Command['kind'], number>()
  return fitting
    .sort((a, b) => Number(startsWith(b)) - Number(startsWith(a)))
    .filter(({ kind }) => {
      const count = (perKind.get(kind) ?? 0) + 1
      perKind.set(kind, count)
      return kind === 'page' || kind === 'action' || count <= shownOfEach
    })
}

/** Users and behaviours of the stored logs whose name holds the text, what fits best first. */
async function searchNames(text: string, count: (events: number) => string): Promise<Command[]> {
  const kinds = {
    users: { singular: 'user', placeOf: userPlace },
    behaviours: { singular: 'behaviour', placeOf: behaviourPlace },
  } as const
  const found = await Promise.all(
    Object.entries(kinds).map(async ([kind, { singular, placeOf }]) => {
      const asked = {
        kind: kind as keyof typeof kinds,
        text,
        match: 'anywhere',
        order: 'fit',
        limit: shownOfEach,
      } as const
      const { names } = await api.explore.searchNames(asked)
      return names.map(({ name, events }) => ({
        id: `${singular}-${name}`,
        kind: singular,
        label: name,
        note: count(events),
        place: placeOf(name),
      }))
    }),
  )
  return found.flat()
}
