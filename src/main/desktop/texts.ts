import { app } from 'electron'
import { phraseLanguage } from '../../renderer/locales/phrases.ts'
import type { JobState } from '../../shared/jobs.ts'
import { type Phrase, render } from '../../shared/phrase.ts'
import type { Language } from '../../shared/settings.ts'

/** What the desktop says outside the page, whose texts, with the translations of phrases, are in src/renderer/locales. */
const english = {
  language: 'en' as Language,
  file: 'File',
  edit: 'Edit',
  view: 'View',
  help: 'Help',
  openWorkspace: 'Open Workspace…',
  showWorkspace: 'Show Workspace Folder',
  about: 'About BehaveGPT Workbench',
  chooseWorkspace: 'Choose a workspace folder',
  cannotOpen: 'The workspace cannot be opened',
  ok: 'OK',
  cancel: 'Cancel',
  quit: 'Quit',
  stay: 'Keep working',
  jobsRun: (count: number) => (count === 1 ? 'A job is still running.' : `${count} jobs are still running.`),
  whatIsLost: (jobs: readonly string[]) =>
    `${jobs.join(', ')}. Trainings pause and can be resumed; other work is interrupted, leaves nothing half-done and has to be started again. What waits in the queue starts with the workbench.`,
  leave: 'Leave',
  leaveAnyway: 'Leave although something is not saved?',
  pageLoses:
    'This page holds something that is not saved yet, such as a dataset or an import that is being set up. It is lost when you leave.',
  jobEnded: { done: 'Done', failed: 'Failed', cancelled: 'Cancelled', paused: 'Paused', interrupted: 'Interrupted' },
  jobEnd: (title: string, end: string) => `${title}: ${end}`,
}

const chinese: typeof english = {
  language: 'zh-CN',
  file: '文件',
  edit: '编辑',
  view: '视图',
  help: '帮助',
  openWorkspace: '打开工作区…',
  showWorkspace: '显示工作区文件夹',
  about: '关于 BehaveGPT Workbench',
  chooseWorkspace: '选择工作区文件夹',
  cannotOpen: '无法打开工作区',
  ok: '确定',
  cancel: '取消',
  quit: '退出',
  stay: '继续工作',
  jobsRun: (count) => `仍有 ${count} 个任务正在运行。`,
  whatIsLost: (jobs) =>
    `${jobs.join('、')}。训练会暂停，之后可以继续；其他任务会被中断，不会留下未完成的内容，需要重新发起。排队中的任务会在下次启动时继续。`,
  leave: '离开',
  leaveAnyway: '有内容尚未保存，仍要离开吗？',
  pageLoses: '此页面有尚未保存的内容，例如正在设置的数据集或导入。离开后将丢失。',
  jobEnded: { done: '已完成', failed: '失败', cancelled: '已取消', paused: '已暂停', interrupted: '已中断' },
  jobEnd: (title, end) => `${title}：${end}`,
}

/** The texts in the system's language. */
export const texts = () => (app.getLocale().startsWith('zh') ? chinese : english)

/** What the workbench said, in the system's language. */
export const say = (said: Phrase): string => render(said, phraseLanguage(texts().language))

/** How a job ended, in words. */
export const endText = (state: JobState) => texts().jobEnded[state as keyof typeof english.jobEnded] ?? state
