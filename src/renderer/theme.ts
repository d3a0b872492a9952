import { darkTheme, type GlobalThemeOverrides } from 'naive-ui'
import { computed, ref, watch, watchEffect } from 'vue'
import { type ThemeChoice, themeChoices } from '../shared/settings.ts'
import { preferencesAtFirst } from './browser-preferences.ts'
import { inTurn } from './turns.ts'

const storageKey = 'theme'
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')
const system = ref(systemIsDark.matches)
systemIsDark.addEventListener('change', ({ matches }) => {
  system.value = matches
})

/** The workspace's is remembered for the first picture of the page only: what the workbench says wins. */
function themeAtFirst(): ThemeChoice {
  if (preferencesAtFirst !== undefined) return preferencesAtFirst.theme ?? 'system'
  const stored = localStorage.getItem(storageKey)
  return themeChoices.find((choice) => choice === stored) ?? 'system'
}
/** Shown now; `usePreferences` chooses another. */
export const themeChoice = ref(themeAtFirst())
const isDarkWanted = computed(() => (themeChoice.value === 'system' ? system.value : themeChoice.value === 'dark'))
/** What is shown. Another theme makes every component anew, so the click or key that asks for it is answered first. */
export const isDark = ref(isDarkWanted.value)
watch(isDarkWanted, () => inTurn(() => (isDark.value = isDarkWanted.value)))

watchEffect(() => {
  localStorage.setItem(storageKey, themeChoice.value)
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'
})

export const componentTheme = computed(() => (isDark.value ? darkTheme : null))

/** Colours that mean something, each once; the same family in both themes, told apart also by the colour-blind (Okabe and Ito). */
export const palette = computed(() =>
  isDark.value
    ? {
        text: '#e6e6e3',
        mutedText: '#a9aca9',
        line: '#3a3d40',
        /** Outline of what can be ticked: three times as light or dark as its ground (WCAG 1.4.11). */
        outline: '#7b8085',
        surface: '#17191b',
        background: '#101214',
        accent: '#6db3e8',
        error: '#ff8a80',
        success: '#63c78f',
        warning: '#e5b567',
        groups: { head: '#56b4e9', middle: '#e0a100', tail: '#d982b5' },
        splits: { train: '#8d9aa6', valid: '#5fc2b0', test: '#b39ddb' },
        objectives: ['#9ecae9', '#7fd1ae', '#f2b36b', '#c9a6e6', '#e8d76a', '#8fd3d1', '#f09a8f', '#b8b8b8'],
      }
    : {
        text: '#1f2326',
        mutedText: '#596066',
        line: '#d8dcdf',
        outline: '#858c93',
        surface: '#ffffff',
        background: '#f5f6f7',
        accent: '#0b63a5',
        error: '#b3261e',
        success: '#17734a',
        warning: '#855800',
        groups: { head: '#0072b2', middle: '#946000', tail: '#b0428a' },
        splits: { train: '#7f8d99', valid: '#1b8a7a', test: '#6a4fa3' },
        objectives: ['#2f6db3', '#1d7f5c', '#b8640b', '#7a49a5', '#8a7a00', '#1c7f7d', '#b4493c', '#5f5f5f'],
      },
)

export const themeOverrides = computed<GlobalThemeOverrides>(() => {
  const { accent, text, mutedText, line, outline, surface, background, error, success, warning } = palette.value
  return {
    common: {
      primaryColor: accent,
      primaryColorHover: accent,
      primaryColorPressed: accent,
      primaryColorSuppl: accent,
      errorColor: error,
      successColor: success,
      warningColor: warning,
      infoColor: accent,
      textColorBase: text,
      textColor1: text,
      textColor2: text,
      textColor3: mutedText,
      placeholderColor: mutedText,
      borderColor: line,
      dividerColor: line,
      cardColor: surface,
      modalColor: surface,
      popoverColor: surface,
      boxShadow2: `0 0 0 1px ${line}, 0 4px 14px rgb(0 0 0 / 18%)`,
      bodyColor: background,
      fontSize: '13px',
      fontSizeMedium: '13px',
      fontSizeSmall: '12px',
      heightMedium: '30px',
      heightSmall: '26px',
      borderRadius: '4px',
    },
    Checkbox: { border: `1px solid ${outline}` },
    Radio: { boxShadow: `inset 0 0 0 1px ${outline}` },
    DataTable: { thIconColor: mutedText, thFontWeight: '600' },
    InternalSelection: { arrowColor: mutedText },
    Notification: { titleFontSize: '14px' },
    Empty: { textColor: mutedText, extraTextColor: mutedText },
    // As the labels of our own fields, and room between what is said of one and the next.
    Form: {
      labelFontWeight: '600',
      labelFontSizeLeftSmall: '13px',
      labelPaddingVertical: '0 0 4px',
      feedbackPadding: '4px 0 10px',
    },
    // As the headings of our own dialogs.
    Card: { titleFontSizeMedium: '14px', titleFontWeight: '600' },
    Dialog: { titleFontSize: '14px', titleFontWeight: '600', fontSize: '13px' },
    Drawer: { titleFontSize: '14px', titleFontWeight: '600' },
  }
})
