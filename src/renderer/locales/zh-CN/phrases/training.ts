/** Runs and their training. */
export default {
  'There is a run named "{0}" already.': '已有名为“{0}”的运行。',
  'Choose another name, or resume that run.': '请换一个名称，或继续那个运行。',
  'Choose another name, or resume that run{0}.': '请换一个名称，或继续那个运行{0}。',
  'There is no run "{0}" in this workspace.': '此工作区中没有运行“{0}”。',
  'Train a run first.': '请先训练一个运行。',
  'The latest runs: {0}.': '最近的运行：{0}。',
  'There is no checkpoint "{0}" in {1}.': '{1} 中没有检查点“{0}”。',
  'The run has not been validated yet: train it further, or use its last checkpoint.':
    '该运行尚未验证：请继续训练，或使用其最新检查点。',
  'is missing': '缺失',
  'is not valid JSON': '不是有效的 JSON',
  'does not match its checksum': '与校验和不符',
  "does not hold a checkpoint's state: {0}": '不含检查点的状态：{0}',
  'is of step {0}, its checkpoint of step {1}': '属于第 {0} 步，而其检查点属于第 {1} 步',
  'holds a tensor {0} that is not of type F32': '含有类型不是 F32 的张量 {0}',
  'does not describe a run: {0}': '没有描述一个运行：{0}',
  'does not hold transitions between {0} behaviours': '不含 {0} 个行为之间的转移',
  'Resume from the checkpoint before it{0}, measure and predict with another one{1}, or train again.':
    '请从它之前的检查点继续{0}，用其他检查点评估和预测{1}，或重新训练。',
  'Restore the run directory from a backup, or train again.': '请从备份恢复运行目录，或重新训练。',
  'The dataset "{0}" has no training target: no user has two events in the training period.':
    '数据集“{0}”没有训练目标：训练期内没有用户有两个事件。',
  'Build a dataset with more events per user.': '请构建每个用户事件更多的数据集。',
  'the gradient norm is {0} while the loss is still {1}': '梯度范数为 {0}，而损失仍为 {1}',
  'the loss is {0}': '损失为 {0}',
  'Training diverged at step {0}: {1}. {2} The checkpoint "last" of step {3} is intact.':
    '训练在第 {0} 步发散：{1}。{2}第 {3} 步的最新检查点完好。',
  'Train again with a lower learning rate ({0} at this step), a longer warm-up or a smaller gradient clip.':
    '请用更低的学习率（此步为 {0}）、更长的预热或更小的梯度裁剪重新训练。',
  "Every token's loss is not finite: the step before it broke the parameters, most likely a learning rate that is too high ({0}).":
    '所有词元的损失都不是有限值：前一步破坏了参数，多半是学习率过高（{0}）。',
  'The first such loss is of the behaviour "{0}" (weight {1}).': '最先出现此损失的是行为“{0}”（权重 {1}）。',
  'The batch has no token to train on.': '该批次没有可训练的词元。',
  'The largest token loss is {0}, of the behaviour "{1}" (weight {2}).':
    '最大的词元损失为 {0}，属于行为“{1}”（权重 {2}）。',
  'Training diverged: the validation loss at step {0} is not finite. The checkpoint "last" of step {1} is intact.':
    '训练发散：第 {0} 步的验证损失不是有限值。第 {1} 步的最新检查点完好。',
  'Train again with a lower learning rate or a longer warm-up.': '请用更低的学习率或更长的预热重新训练。',
  'The validation NLL at step {0} is {1} nats, worse than equal probabilities for all behaviours ({2}): the learning rate is probably too high, or the objective shifts the probabilities very far.':
    '第 {0} 步的验证 NLL 为 {1} nat，比所有行为等概率（{2}）还差：多半是学习率过高，或目标函数将概率偏移得太远。',
  'parameters and optimizer {0}, activations of {1} × {2} events {3}': '参数和优化器 {0}，{1} × {2} 个事件的激活值 {3}',
  'The training needs about {0} of the memory of {1}: {2}.': '训练约需 {1} 的 {0} 显存：{2}。',
  'The training needs about {0} of memory ({1}, ONNX Runtime and its buffers {2})':
    '训练约需 {0} 内存（{1}，ONNX Runtime 及其缓冲区 {2}）',
  '{0}; this machine has {1}.': '{0}；本机共有 {1}。',
  '{0}, but only {1} are free: it may fail. {2}': '{0}，但只剩 {1} 可用：可能失败。{2}',
  'A smaller batch{0} with more accumulation{1} needs less, as does a smaller preset{2}, or a dataset of a smaller length{3}.':
    '减小批次{0}并增加梯度累积{1}可减少内存，更小的预设{2}或长度更短的数据集{3}亦可。',
  'The configuration of the run is not valid. {0}.': '运行的配置无效。{0}。',
  'Neither epochs nor steps are given.': '轮数和步数都没有给出。',
  'Both epochs and steps are given.': '轮数和步数都给出了。',
  'Say how long to train: either in epochs{0} or in steps{1}.': '请指定训练时长：轮数{0}或步数{1}，两者选一。',
  'training the run "{0}"': '训练运行“{0}”',
  'removing the run "{0}"': '移除运行“{0}”',
  training: '正在训练',
  validating: '正在验证',
  'Device: {0}': '设备：{0}',
  'Cancelled the run "{0}" at step {1} of {2}.': '已在第 {1} 步（共 {2} 步）取消运行“{0}”。',
  'Its checkpoint is kept: the run can be resumed{0}.': '其检查点已保留：该运行可以继续{0}。',
  'The run "{0}" is finished.': '运行“{0}”已完成。',
  'Train a new run for more steps.': '若需更多步数，请训练新的运行。',
  'The run "{0}" diverged; going on would repeat it exactly.': '运行“{0}”已发散；继续只会完全重复。',
  'Train a new run with a lower learning rate; its checkpoints "best" and "last" can be evaluated as they are.':
    '请以更低的学习率训练新的运行；其最佳检查点和最新检查点仍可直接评估。',
  'The dataset {0} has changed since the run "{1}" was started: its content hash is {2}, not {3}.':
    '自运行“{1}”开始以来，数据集 {0} 已改变：其内容哈希为 {2}，而不是 {3}。',
  'Restore the dataset, or train a new run.': '请恢复数据集，或训练新的运行。',
  'The checkpoint in runs/{0} belongs to run {1} on dataset {2}.': 'runs/{0} 中的检查点属于数据集 {2} 上的运行 {1}。',
  'The {0} has no effect: {1}.': '{0}不起作用：{1}。',
  'number of threads': '线程数',
  "it is the cpu's, and the run computes on {0}": '它只用于 cpu，而该运行在 {0} 上计算',
  'number of steps between two answers of the adversary': '对手两次作答之间的步数',
  'the objective {0} has none': '目标函数 {0} 没有对手',
  'objective {0}': '目标函数 {0} ',
  'its adversary answers after every {0} steps, and the run has {1}, so it trains like ce: let it answer more often{2}':
    '其对手每 {0} 步作答一次，而该运行只有 {1} 步，因此与 ce 的训练相同：可提高其作答频率{2}',
  'decay of the embeddings': '嵌入的衰减',
  'the weight decay is 0': '权重衰减为 0',
  'location weight': '地点的权重',
  'the model has no location head{0}': '模型不预测下一地点{0}',
  'gap weight': '时间间隔的权重',
  'the model has no gap head{0}': '模型不预测时间间隔{0}',
  'location dropout': '地点丢弃率',
  'the dataset has no locations': '数据集没有地点',
  patience: '耐心',
  'the run has 1 validation, and the first is the best so far': '该运行只有 1 次验证，而第一次总是迄今最佳',
  'There are no validation targets: no event of the validation period has a behaviour that was seen in training. Nothing can tell a better checkpoint from a worse one, so the last one counts as the best.':
    '没有验证目标：验证时段内没有任何事件的行为在训练中出现过。无法判断哪个检查点更好，因此将最后一个视为最佳。',
  'the run has {0} validations, and the first is the best so far': '该运行有 {0} 次验证，而第一次总是迄今最佳',
}
