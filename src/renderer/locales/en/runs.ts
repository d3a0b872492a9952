export default {
  title: 'Runs',
  description: 'Compare what trained models reach, behaviour by behaviour.',
}
