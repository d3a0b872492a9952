export default {
  title: 'Predict',
  description: 'Ask a model what comes next.',
}
