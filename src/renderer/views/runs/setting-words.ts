import { useI18n } from 'vue-i18n'
import type { Say } from '../../composables/data-words.ts'
import { useFormat } from '../../composables/format.ts'
import { optionGroups } from '../train/options.ts'
import type { Settings, SettingValue } from './differences.ts'

/** Where the words of settings are that are no advanced options of a training. */
const wordsOf: Readonly<Record<string, string>> = {
  dataset: 'runs.column.dataset',
  device: 'runs.column.device',
  epochs: 'runs.setting.epochs',
  steps: 'runs.column.steps',
  'model.preset': 'runs.column.preset',
  'objective.name': 'runs.column.objective',
  'model.behaviours': 'runs.setting.behaviours',
  'model.locations': 'runs.setting.locations',
  'model.slots': 'runs.setting.slots',
  'model.length': 'runs.setting.length',
  'versions.workbench': 'common.product',
  'versions.platform': 'runs.setting.platform',
  contentHash: 'runs.setting.contentHash',
  directory: 'runs.setting.directory',
}
const parameterPath = 'objective.parameters.'
/** Numbers that name something: digits that are not grouped. */
const identifiers = ['seed']

/** The groups in which settings stand; those between the first and the last are the ones of the form of a training. */
const groups: readonly { key: string; has: (path: string) => boolean }[] = [
  {
    key: 'runs.setting.group.run',
    has: (path) => ['dataset', 'device', 'epochs', 'steps', 'model.preset', 'objective.name'].includes(path),
  },
  { key: 'runs.setting.group.parameters', has: (path) => path.startsWith(parameterPath) },
  ...optionGroups.map(({ name, options }) => ({
    key: `train.advanced.group.${name}`,
    has: (path: string) => options.some((option) => option.path === path),
  })),
  { key: 'runs.setting.group.data', has: (path) => path.startsWith('model.') },
  { key: 'runs.setting.group.versions', has: (path) => path.startsWith('versions.') },
  { key: 'runs.setting.group.kept', has: () => true },
]

export interface WordedSetting {
  /** Its place in the configuration: the same in every language. */
  path: string
  name: string
  value: string
  raw: SettingValue
}

/** The settings of runs in words, the same as in the form of a training. */
export function useSettingWords() {
  const { t, te } = useI18n()
  const format = useFormat()

  /** @param say in the reader's language, or in that of data. */
  function nameOf(path: string, say: Say = t): string {
    if (path.startsWith(parameterPath)) return say('runs.setting.parameter', { name: path.slice(parameterPath.length) })
    const key = wordsOf[path] ?? `train.option.${path}.label`
    // What is left are other programs' names, whose versions are told.
    return te(key) ? say(key) : path.slice(path.indexOf('.') + 1)
  }
  function textOf(path: string, value: SettingValue): string {
    if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
    if (typeof value === 'number') return identifiers.includes(path) ? String(value) : format.tick(value)
    if (value === 'auto') return t('train.advanced.automatic')
    return path === 'selectBy' ? t(`train.choice.${value}`) : value
  }
  /** In groups, each setting once; groups without one are left out. */
  function grouped(settings: Settings): { name: string; settings: WordedSetting[] }[] {
    const entries = [...settings].map(([path, raw]) => {
      const group = groups.find(({ has }) => has(path))!
      return { group, setting: { path, name: nameOf(path), value: textOf(path, raw), raw } }
    })
    return groups
      .map((group) => ({
        name: t(group.key),
        settings: entries.filter((entry) => entry.group === group).map(({ setting }) => setting),
      }))
      .filter((group) => group.settings.length > 0)
  }
  return { nameOf, textOf, grouped }
}
