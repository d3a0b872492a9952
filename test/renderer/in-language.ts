import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createI18n } from 'vue-i18n'
import enCommon from '../../src/renderer/locales/en/common.ts'
import enDatasets from '../../src/renderer/locales/en/datasets.ts'
import enMetrics from '../../src/renderer/locales/en/metrics.ts'
import enRuns from '../../src/renderer/locales/en/runs.ts'
import enSequence from '../../src/renderer/locales/en/sequence.ts'
import enTrain from '../../src/renderer/locales/en/train.ts'
import chineseCommon from '../../src/renderer/locales/zh-CN/common.ts'
import chineseDatasets from '../../src/renderer/locales/zh-CN/datasets.ts'
import chineseMetrics from '../../src/renderer/locales/zh-CN/metrics.ts'
import chineseRuns from '../../src/renderer/locales/zh-CN/runs.ts'
import chineseSequence from '../../src/renderer/locales/zh-CN/sequence.ts'
import chineseTrain from '../../src/renderer/locales/zh-CN/train.ts'
import type { Language } from '../../src/shared/settings.ts'

const messages = {
  en: {
    common: enCommon,
    datasets: enDatasets,
    metrics: enMetrics,
    runs: enRuns,
    sequence: enSequence,
    train: enTrain,
  },
  'zh-CN': {
    common: chineseCommon,
    datasets: chineseDatasets,
    metrics: chineseMetrics,
    runs: chineseRuns,
    sequence: chineseSequence,
    train: chineseTrain,
  },
}

/** What a composable gives to a page in a language. */
export async function inLanguage<Given>(locale: Language, composable: () => Given): Promise<Given> {
  let given: Given | undefined
  const app = createSSRApp({
    setup() {
      given = composable()
      return () => null
    },
  })
  await renderToString(app.use(createI18n({ legacy: false, locale, messages })))
  return given!
}
