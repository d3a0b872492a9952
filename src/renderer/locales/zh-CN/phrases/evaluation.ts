/** Evaluations and comparisons of runs. */
export default {
  'bootstrap over users': '按用户自助重采样',
  'predicting training targets': '正在预测训练目标',
  'predicting validation targets': '正在预测验证目标',
  'predicting test targets': '正在预测测试目标',
  'reading stored evaluations': '读取已存储的评估',
  'Runs {0} and {1} cannot be compared: they were trained on the datasets {2} and {3}, which have other targets.':
    '运行 {0} 和 {1} 无法比较：它们分别基于数据集 {2} 和 {3} 训练，预测目标不同。',
  'Train both runs on one dataset.': '请在同一数据集上训练两个运行。',
  'Run {0} was trained on another content of dataset {1} than is stored now.':
    '运行 {0} 训练时数据集 {1} 的内容与现在存储的不同。',
  'Restore the dataset from a backup, or train again.': '请从备份恢复数据集，或重新训练。',
  '{0} holds predictions of another dataset or other parameters than the evaluation beside it.':
    '{0} 中的预测所用的数据集或参数与旁边的评估不同。',
  'Evaluate the run again.': '请重新评估该运行。',
  'The model gives scores that are not finite numbers.': '模型给出的分数不是有限的数。',
  'Its training diverged: evaluate an earlier checkpoint or train again with a lower learning rate.':
    '其训练已发散：请评估较早的检查点，或以更低的学习率重新训练。',
  'making {0}': '创建 {0}',
  'The split has no targets: no user has an event in that period after an earlier one.':
    '该划分没有目标：没有用户在该时期内有前面已有事件的后续事件。',
  'Build the dataset with other shares for the periods, or with more events.': '请用其他时期份额或更多事件构建数据集。',
  'None of the targets of the split ({0}) has a behaviour that occurs in the training period.':
    '该划分的 {0} 个目标中，没有一个行为在训练期出现过。',
  'Build the dataset with a longer training period.': '请用更长的训练期构建数据集。',
  'Run {0} was not evaluated so: {1} targets, checkpoint {2}, group rule {3}{4}.':
    '运行 {0} 没有按此方式评估过：{1}目标、检查点 {2}、分组规则 {3}{4}。',
  ', adjustment {0}': '、校正 {0}',
  valid: '验证',
  test: '测试',
  'Evaluate the run first.': '请先评估该运行。',
  'The behaviour {0} is not in the vocabulary of dataset {1}.': '行为 {0} 不在数据集 {1} 的词表中。',
  'Choose one of its behaviours.': '请从其行为中选择。',
  'Event {0} is no target of this evaluation.': '事件 {0} 不是此次评估的目标。',
  'Open a target from the list of targets.': '请从目标列表中打开一个目标。',
  'A stored evaluation of run {0} cannot be read.': '无法读取运行 {0} 的已存储评估。',
  'two columns have one name': '有两列同名',
  'a row does not fit the columns': '有一行与各列不符',
}
