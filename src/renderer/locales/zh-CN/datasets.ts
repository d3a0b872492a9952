export default {
  title: '数据集',
  description: '把日志变成永不改变的训练序列。',
}
