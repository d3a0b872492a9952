export default {
  title: 'Explore',
  description: 'See what people do, how often, and when.',
}
