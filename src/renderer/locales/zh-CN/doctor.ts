export default {
  title: '诊断',
  description: '测试每个计算设备，并说明不可用的原因。',
}
