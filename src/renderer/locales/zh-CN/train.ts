export default {
  title: '训练',
  description: '在数据集上预训练模型并观察其学习过程。',
}
