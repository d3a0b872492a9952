import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createI18n } from 'vue-i18n'
import enCommon from '../../src/renderer/locales/en/common.ts'
import enTrain from '../../src/renderer/locales/en/train.ts'
import chineseCommon from '../../src/renderer/locales/zh-CN/common.ts'
import chineseTrain from '../../src/renderer/locales/zh-CN/train.ts'
import type { Language } from '../../src/shared/settings.ts'

const messages = {
  en: { common: enCommon, train: enTrain },
  'zh-CN': { common: chineseCommon, train: chineseTrain },
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
