export default {
  title: '日志',
  description: '导入行为日志，查看每一行的去向。',
}
