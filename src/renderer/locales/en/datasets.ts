export default {
  title: 'Datasets',
  description: 'Turn logs into training sequences that never change again.',
}
