export default {
  title: '设置',
  description: '工作区、外观、语言和快捷键。',
}
