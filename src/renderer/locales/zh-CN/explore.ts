export default {
  title: '探索',
  description: '查看用户做什么、多频繁、在何时。',
}
