export default {
  title: '前往任意位置或执行任意操作',
  open: '查找',
  placeholder: '页面、操作、运行、数据集、审阅、用户或行为……',
  nothing: '没有匹配项。',
  events: '{events} 个事件',
  kind: {
    page: '页面',
    action: '操作',
    run: '运行',
    dataset: '数据集',
    review: '审阅',
    user: '用户',
    behaviour: '行为',
  },
  action: {
    import: '导入日志',
    build: '构建数据集',
    train: '训练模型',
    review: '新建审阅',
    theme: { system: '外观：跟随系统', light: '外观：浅色', dark: '外观：深色' },
  },
}
