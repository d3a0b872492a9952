export default {
  title: 'Train',
  description: 'Pretrain a model on a dataset, and watch it learn.',
}
