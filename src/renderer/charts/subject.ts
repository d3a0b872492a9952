import { type InjectionKey, inject, provide } from 'vue'

const key: InjectionKey<() => string> = Symbol('subject')

/** Says what a page is about, such as a run's name: the files that its charts and tables give are named after it. */
export const provideSubject = (subject: () => string) => provide(key, subject)

/** What the page around a chart or table is about; nothing outside of a page. */
export const useSubject = (): (() => string) => inject(key, () => '')
