import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { type ColumnMapping, type ImportOptionsInput, importOptions } from '../../../shared/configuration.ts'
import { type ChosenFile, originOf } from '../../../shared/files.ts'
import type { FileFormat, TimeFormat } from '../../../shared/logs.ts'
import { api } from '../../api.ts'
import { isInRange, type NumberRange } from '../../composables/number-range.ts'
import { useRequest } from '../../composables/request.ts'

export const mappedFields = ['user', 'time', 'event', 'location'] as const
export type MappedField = (typeof mappedFields)[number]
/** How many refused rows an import may bear. */
export const rejectsRange: NumberRange = [0, Number.MAX_SAFE_INTEGER]
const defaultMaximumRejects = importOptions.shape.maximumRejects.parse(undefined)
const neededFields = ['user', 'time', 'event'] as const

/** The zone that this browser is in. */
export const zoneHere = Intl.DateTimeFormat().resolvedOptions().timeZone

/** `events.csv.gz` -> `events`, as the workbench names a source of this file. */
const baseName = (file: string) =>
  file.replace(/\.(gz|zst)$/i, '').replace(/\.(csv|tsv|tab|txt|jsonl|ndjson|json|parquet)$/i, '')

/** Of a source, from the first of its files, until a person gives another. */
const proposedName = (files: readonly ChosenFile[]) => baseName(files[0]?.name ?? '').slice(0, 200)

/**
 * What is to be imported and how: files, guesses about them that a person can change, and a dry run that follows every change.
 */
export function useImportPlan() {
  const files = shallowRef<readonly ChosenFile[]>([])
  /** Null: as found. */
  const format = ref<FileFormat | null>(null)
  const timeFormat = ref<TimeFormat | null>(null)
  const mapping = reactive<Record<MappedField, string | null>>({ user: null, time: null, event: null, location: null })
  const timeZone = ref('UTC')
  const name = ref('')
  /** As it stands in its field, null while that is empty. */
  const maximumRejects = ref<number | null>(defaultMaximumRejects)

  /** Undefined where what stands in the field is no such number, with which nothing is imported. */
  const allowedRejects = computed(() =>
    isInRange(maximumRejects.value, rejectsRange) ? (maximumRejects.value ?? undefined) : undefined,
  )

  const paths = () => files.value.map(({ path }) => path)
  const given = <Value>(value: Value | null) => value ?? undefined

  const columns = useRequest(
    () => (files.value.length === 0 ? undefined : { files: paths(), format: given(format.value) }),
    (input, options) => api.logs.columns(input, options),
  )
  watch(columns.answer, (found) => {
    const names = found?.columns.map((column) => column.name) ?? []
    for (const field of mappedFields) {
      // What a person chose stays where the column is still there.
      const chosen = mapping[field]
      mapping[field] = chosen !== null && names.includes(chosen) ? chosen : (found?.mapping[field] ?? null)
    }
  })

  /** Fields that need a column and have none. */
  const missing = computed(() => neededFields.filter((field) => mapping[field] === null))
  /** Columns that were chosen for two things. */
  const doubled = computed(() => {
    const chosen = mappedFields.map((field) => mapping[field]).filter((column) => column !== null)
    return [...new Set(chosen.filter((column, index) => chosen.indexOf(column) !== index))]
  })
  const isMapped = computed(
    () => columns.answer.value !== undefined && missing.value.length === 0 && doubled.value.length === 0,
  )

  const reading = (): ImportOptionsInput => ({
    files: paths(),
    format: given(format.value),
    mapping: { ...mapping } as ColumnMapping,
    timeFormat: given(timeFormat.value),
    timeZone: timeZone.value,
  })
  const preview = useRequest(
    () => (files.value.length > 0 && isMapped.value && !columns.refreshing.value ? reading() : undefined),
    (input, options) => api.logs.preview(input, options),
  )

  /** Takes other files, and forgets what was chosen for those before. */
  function choose(chosen: readonly ChosenFile[]): void {
    for (const field of mappedFields) mapping[field] = null
    format.value = null
    timeFormat.value = null
    files.value = chosen
    name.value = proposedName(chosen)
  }

  /** Takes one of the files away. What was chosen for all of them stays as long as there are others. */
  function remove({ path }: ChosenFile): void {
    const others = files.value.filter((file) => file.path !== path)
    if (others.length === 0) {
      choose(others)
      return
    }
    if (name.value === proposedName(files.value)) name.value = proposedName(others)
    files.value = others
  }

  /** Takes away what was uploaded, which a host that has ended does not have any more. */
  function forgetUploads(): void {
    for (const file of files.value) if (originOf(file.path).kind === 'upload') remove(file)
  }

  /** What the import is asked to do: all that the dry run has shown, so that nothing is guessed anew. */
  const options = (): ImportOptionsInput => ({
    ...reading(),
    format: preview.answer.value?.format,
    timeFormat: preview.answer.value?.timeFormat,
    source: name.value.trim() === '' ? undefined : name.value.trim(),
    maximumRejects: allowedRejects.value,
  })

  return {
    files,
    format,
    timeFormat,
    mapping,
    timeZone,
    name,
    maximumRejects,
    allowedRejects,
    columns,
    preview,
    missing,
    doubled,
    isMapped,
    choose,
    remove,
    forgetUploads,
    options,
  }
}
export type ImportPlan = ReturnType<typeof useImportPlan>
