/** Building, opening and removing datasets; simulated logs. */
export default {
  from: '起始',
  until: '截止（不含）',
  'building the dataset {0}': '构建数据集 {0}',
  'removing the dataset {0}': '移除数据集 {0}',
  'The chosen sources and times hold no events.': '所选数据源和时间范围内没有事件。',
  'Import a log first, or widen the filters.': '请先导入日志，或放宽筛选条件。',
  'No user has {0} events: the only one has {1}, and was left out.':
    '没有用户达到 {0} 个事件：唯一的用户有 {1} 个，已被排除。',
  'No user has {0} events: all {1} users with {2} events were left out.':
    '没有用户达到 {0} 个事件：全部 {1} 个用户及其 {2} 个事件都被排除。',
  'Ask for fewer events per user{0}.': '请降低每个用户的最少事件数{0}。',
  '1 rule of the taxonomy names a behaviour that the log does not have: {0}':
    '分类体系中有 1 条规则所指的行为在日志中不存在：{0}',
  '{0} rules of the taxonomy name behaviours that the log does not have: {1}':
    '分类体系中有 {0} 条规则所指的行为在日志中不存在：{1}',
  'The dataset in {0} was damaged and has been replaced.': '{0} 中的数据集已损坏，现已替换。',
  'The training period holds no events.': '训练期内没有事件。',
  'Give it a larger share of the split.': '请在划分中给它更大的份额。',
  '{0} is "{1}", which is not a local ISO time.': '{0} 的值“{1}”不是 ISO 格式的本地时间。',
  'Write it as 2025-03-01 or 2025-03-01T07:30:00, without a zone.':
    '请写成 2025-03-01 或 2025-03-01T07:30:00，不带时区。',
  'reading events': '正在读取事件',
  counting: '正在计数',
  'counting the training period': '正在统计训练期',
  'writing the dataset': '正在写入数据集',
  '{0} does not say what it should.': '{0} 的内容不符合要求。',
  'Only where the events come from is lost. Remove the file, and the sources of now are shown.':
    '丢失的只是事件的来源记录。移除该文件后，将显示现有的数据源。',
  "Only which review the rules are of is lost. Remove the file; the rules are the dataset's own.":
    '丢失的只是规则所属审阅的记录。移除该文件即可；规则属于数据集本身。',
  'In the review "{0}", no accepted event has a label that says what it really is.':
    '在审阅“{0}”中，没有已通过的事件带有指明实际行为的标签。',
  'The review "{0}" gives no behaviour another name. Behaviours that keep theirs: {1}; with two names equally frequent: {2}.':
    '审阅“{0}”没有给任何行为新名称。保留原名的行为：{1} 个；两个名称票数相同的行为：{2} 个。',
  'A behaviour gets another name when most of its events in accepted sequences have labels that name it.':
    '当某行为在已通过序列中的多数事件带有指明该名称的标签时，它才会获得新名称。',
  'give either a taxonomy or a review that has one, not both': '分类体系与带有分类体系的审阅只能给出一个',
  'it does not match its own hash': '与自身的哈希不一致',
  '{0} cannot be read: the dataset is not there.': '无法读取 {0}：数据集不在那里。',
  'it is not JSON': '不是 JSON',
  'it is missing': '文件缺失',
  'it has {0} bytes instead of {1}': '大小为 {0} 字节，应为 {1} 字节',
  'its SHA-256 is not the recorded one': '其 SHA-256 与记录不符',
  'Remove its directory and build the dataset again with the same configuration: it comes out the same.':
    '请移除其目录，并用相同的配置重新构建数据集：结果完全相同。',
  'Build the dataset again with the same configuration: it comes out the same and replaces {0}.':
    '请用相同的配置重新构建数据集：结果完全相同，并会替换 {0}。',
  '{0} is damaged: {1}.': '{0} 已损坏：{1}。',
  'there is only 1 event': '只有 1 个事件',
  'there are only {0} events': '只有 {0} 个事件',
  'too many events share the same time': '同一时刻的事件过多',
  'The log cannot be split by time into training, validation and test: {0}.':
    '无法按时间将日志划分为训练、验证和测试：{0}。',
  'Use the split leave-one-out{0}, other shares, or a log that spans more time.':
    '请使用留一法划分{0}、其他份额，或时间跨度更长的日志。',
  'There is no dataset {0}.': '没有数据集 {0}。',
  'Build one{0}, or choose one of those that there are{1}.': '请构建一个数据集{0}，或从现有数据集中选择{1}。',
  'The dataset {0} is used by the run {1}.': '数据集 {0} 正被运行 {1} 使用。',
  'The dataset {0} is used by {1} runs: {2}.': '数据集 {0} 正被 {1} 个运行使用：{2}。',
  'Without it a run can neither be resumed nor evaluated: remove the runs first, or with the dataset{0}.':
    '没有它，运行既不能继续也不能评估：请先移除这些运行，或随数据集一并移除{0}。',
  'The name "{0}" belongs to dataset {1}, which has another configuration or was built from other events.':
    '名称“{0}”已属于数据集 {1}，其配置不同，或由其他事件构建。',
  'Choose another name for the new dataset; runs keep referring to the old one.':
    '请为新数据集换一个名称；已有的运行仍指向旧数据集。',
  'The simulation cannot run: {0}': '无法运行模拟：{0}',
  'simulating a log': '正在生成模拟日志',
  'The best possible figures of dataset {0} are not known.': '数据集 {0} 的最佳可能指标未知。',
  'They are known for datasets of one simulated source, without taxonomy and time filter.':
    '只有由单个模拟数据源构建、且不带分类体系和时间筛选的数据集才有最佳可能指标。',
  'The best possible figures of dataset {0} are not known: rare places were folded into "unknown".':
    '数据集 {0} 的最佳可能指标未知：罕见地点已并入“未知”。',
  'Build it without folding rare places{0}.': '请在构建时不合并罕见地点{0}。',
  'the three shares must add up to 1': '三个份额之和必须为 1',
  'must divide the 1440 minutes of a day': '必须能整除一天的 1440 分钟',
  '{0}, line {1}: 1 field where 2 are expected.': '{0} 第 {1} 行：有 1 个字段，应为 2 个。',
  '{0}, line {1}: {2} fields where 2 are expected.': '{0} 第 {1} 行：有 {2} 个字段，应为 2 个。',
  '{0}, line {1}: the new name of {2} is empty.': '{0} 第 {1} 行：{2} 的新名称为空。',
  '{0}, line {1}: {2} is named twice.': '{0} 第 {1} 行：{2} 出现了两次。',
  '{0}, line {1}: a quoted field is not closed, or text follows its end.':
    '{0} 第 {1} 行：带引号的字段没有闭合，或结尾之后还有文字。',
  '{0} has no rows below its header.': '{0} 的表头之下没有任何行。',
  '{0} is not valid UTF-8.': '{0} 不是有效的 UTF-8。',
  'Give CSV of two columns with a header: behaviour and new name.': '请提供带表头的两列 CSV：行为和新名称。',
}
