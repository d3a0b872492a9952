export default {
  title: 'Settings',
  description: 'Workspace, appearance, language and shortcuts.',
}
