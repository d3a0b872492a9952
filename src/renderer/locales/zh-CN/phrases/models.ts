/** Models and objectives. */
export default {
  'the model width 4 d must be divisible by the heads': '模型宽度 4 d 必须能被头数整除',
  'the target time tells the gap head its answer': '目标时间会把答案告诉时间间隔的预测',
  'The location head{0} predicts the next location, and the dataset has none in its vocabulary.':
    '下一地点的预测{0}需要词表中有地点，而数据集的词表中没有。',
  'Train without it, import the log with its column of locations{0}, or build a dataset in which a location needs fewer events{1}.':
    '请不使用它来训练，或导入日志时指定地点列{0}，或构建对地点事件数要求更低的数据集{1}。',
  'The gap head{0} predicts when the next event comes, and the target time{1} tells the model just that.':
    '时间间隔的预测{0}要预测下一个事件何时发生，而目标时间{1}正好把它告诉模型。',
  'transitions are a component of the habit term': '转移是习惯项的一个组成部分',
  'The model width {0} (4 x stream width {1}) cannot be split into {2} heads.':
    '模型宽度 {0}（4 × 流宽度 {1}）无法均分为 {2} 个头。',
  'Choose a stream width and a number of heads such that 4 x stream width is a multiple of the heads.':
    '请选择流宽度和头数，使 4 × 流宽度是头数的倍数。',
  'The transitions{0} add a component to the habit term, which is left out{1}.':
    '转移{0}是习惯项的一个组成部分，而习惯项已关闭{1}。',
  'Give only one of the two.': '两者只能选其一。',
  'The transitions{0} keep a table of every behaviour after every other; it takes up to {1} behaviours, and the dataset has {2}.':
    '转移{0}要保存每个行为之后每个行为的表；最多支持 {1} 个行为，而数据集有 {2} 个。',
  'Train without them, or build a dataset whose taxonomy merges rare behaviours.':
    '请不使用转移进行训练，或构建以分类体系合并罕见行为的数据集。',
  'The objective {0} takes either {1} or {2}, not both.': '目标函数 {0} 只能取 {1} 或 {2} 之一，不能同时取两者。',
  'Leave one of them out.': '请去掉其中一个。',
  'The objective {0} takes no parameters.': '目标函数 {0} 没有参数。',
  '{0} ({1}: {2})': '{0}（{1}：{2}）',
  '{0} ({1}, default {2}: {3})': '{0}（{1}，默认 {2}：{3}）',
  'The objective {0} takes {1}.': '目标函数 {0} 的参数：{1}。',
  'above {0} to {1}': '大于 {0} 且不超过 {1}',
  'from {0} to {1}': '{0} 至 {1}',
  'The objective {0} has no parameter "{1}".': '目标函数 {0} 没有参数“{1}”。',
  'The parameter {0} of the objective {1} is {2}; it must be {3}.': '目标函数 {1} 的参数 {0} 为 {2}；应为 {3}。',
  'token loss times (1 - p_y)^gamma': '词元损失乘以 (1 - p_y)^gamma',
  'w_c proportional to (1 - beta) / (1 - beta^n_c); 0 is ce, towards 1 inverse frequency':
    'w_c 正比于 (1 - beta) / (1 - beta^n_c)；0 即 ce，趋近 1 即逆频率',
  'w_c proportional to p_c^-power': 'w_c 正比于 p_c^-power',
  'cross-entropy of logits + tau log p_c': 'logits + tau log p_c 的交叉熵',
  '|q_c - p_c| <= r0 sqrt(p_c)': '|q_c - p_c| <= r0 sqrt(p_c)',
  '|q_c - p_c| <= radius, one for all classes': '|q_c - p_c| <= radius，所有类别相同',
  'KL(q || p) <= rho, in nats': 'KL(q || p) <= rho，单位 nat',
  'the penalised form: q_c proportional to p_c exp(l_c / tau)': '惩罚形式：q_c 正比于 p_c exp(l_c / tau)',
  '1/2 E_p[(q/p - 1)^2] <= rho': '1/2 E_p[(q/p - 1)^2] <= rho',
  '1/2 sum |q_c - p_c| <= radius': '1/2 sum |q_c - p_c| <= radius',
  'q_c <= p_c / alpha': 'q_c <= p_c / alpha',
  'head, middle and tail: q_g <- q_g exp(eta l_g) / Z, from q = p':
    '头部、中部和尾部：q_g <- q_g exp(eta l_g) / Z，从 q = p 开始',
  'tokens of a batch (each one, when gradients accumulate) weighted by the softmax of loss / tau':
    '一个批次（梯度累积时为每个批次）的词元按 loss / tau 的 softmax 加权',
  'the worst share alpha of a batch': '一个批次中损失最大的 alpha 份额',
  'The parameters lack the tensor {0}.': '参数中缺少张量 {0}。',
  'The tensor {0} has shape [{1}]; the model needs [{2}].': '张量 {0} 的形状为 [{1}]；模型需要 [{2}]。',
  'The parameters belong to another model configuration.': '这些参数属于另一种模型配置。',
  'The model has no tensor named {0}.': '模型没有名为 {0} 的张量。',
}
