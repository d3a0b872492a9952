export default {
  title: '审阅',
  description: '用键盘阅读并标注序列。',
}
