export default {
  title: 'Review',
  description: 'Read sequences and label them, by keyboard.',
}
