export default {
  title: 'Logs',
  description: 'Import behaviour logs and see what became of every row.',
}
