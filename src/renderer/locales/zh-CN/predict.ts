export default {
  title: '预测',
  description: '询问模型接下来会发生什么。',
}
