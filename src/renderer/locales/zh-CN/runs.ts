export default {
  title: '运行',
  description: '逐个行为比较训练好的模型。',
}
