export default {
  title: 'Go to or do anything',
  open: 'Find',
  placeholder: 'Page, action, run, dataset, review, user or behaviour …',
  nothing: 'Nothing fits.',
  events: '{events} event | {events} events',
  kind: {
    page: 'page',
    action: 'action',
    run: 'run',
    dataset: 'dataset',
    review: 'review',
    user: 'user',
    behaviour: 'behaviour',
  },
  action: {
    import: 'Import a log',
    build: 'Build a dataset',
    train: 'Train a model',
    review: 'Make a review',
    theme: { system: "Appearance: the system's", light: 'Appearance: light', dark: 'Appearance: dark' },
  },
}
