export default {
  title: 'Doctor',
  description: 'Try every device that could compute, and see why one does not.',
}
