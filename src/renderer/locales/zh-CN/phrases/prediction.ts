/** Predictions, scores and exported models. */
export default {
  'The text': '文本',
  'standard input': '标准输入',
  'The log holds only {0} of the {1} events of {2} that were asked for.':
    '所要的 {2} 的 {1} 个事件中，日志只有 {0} 个。',
  'It has changed since: load the user again.': '日志此后发生了变化：请重新加载该用户。',
  'writing the model': '正在写入模型',
  'checking the written model': '正在检查写入的模型',
  'A model of {0} parameters is larger than the 2 GB that one ONNX file may have.':
    '含 {0} 个参数的模型超过了单个 ONNX 文件 2 GB 的上限。',
  'Train a smaller preset, or a dataset with fewer behaviours or locations.':
    '请训练更小的预设，或使用行为、地点更少的数据集。',
  '{0} holds more than {1} MiB.': '{0} 超过 {1} MiB。',
  'A prediction reads one sequence of events. Import the log{0}, then predict or score its users.':
    '一次预测只读取一个事件序列。请导入日志{0}，再对其用户进行预测或评分。',
  '{0} is a folder, not a file.': '{0} 是文件夹，不是文件。',
  '{0} is compressed but damaged: {1}.': '{0} 是压缩文件但已损坏：{1}。',
  '{0}, line {1}': '{0} 第 {1} 行',
  '{0}, line {1}: a NUL byte; this is not a text file.': '{0} 第 {1} 行：含有 NUL 字节，这不是文本文件。',
  'Give CSV, JSON lines or a JSON array in UTF-8. Parquet files can be imported{0}.':
    '请提供 UTF-8 编码的 CSV、JSON Lines 或 JSON 数组。Parquet 文件可以导入{0}。',
  '{0}, line {1}: not valid UTF-8.': '{0} 第 {1} 行：不是有效的 UTF-8。',
  'Did you mean {0}?': '您是否想输入 {0}？',
  'Did you mean {0} or {1}?': '您是否想输入 {0} 或 {1}？',
  'There is no folder {0} to write {1} into.': '没有可写入 {1} 的文件夹 {0}。',
  'Create it first.': '请先创建它。',
  '{0} is a folder.': '{0} 是文件夹。',
  'Give the path of a file.': '请给出文件的路径。',
  '{0} exists already.': '{0} 已存在。',
  'Choose another path, or overwrite it{0}.': '请选择其他路径，或覆盖它{0}。',
  'The history is empty.': '历史为空。',
  'Give at least one event with its time and behaviour.': '请至少给出一个带时间和行为的事件。',
  'The event to predict ({0}) lies before the last event of the history ({1}).':
    '要预测的事件（{0}）早于历史中的最后一个事件（{1}）。',
  'The time of the event to predict': '要预测的事件的时间',
  'The time of the event to predict has no effect: the run "{0}" was trained without target time.':
    '要预测的事件的时间不起作用：运行“{0}”训练时未使用目标时间。',
  'The run "{0}" was trained with target time and needs the time of the event to predict.':
    '运行“{0}”训练时使用了目标时间，需要给出要预测的事件的时间。',
  'Give its local time, such as 2025-03-01T07:30.': '请给出其本地时间，例如 2025-03-01T07:30。',
  'Computing on {0}, the device that the run was trained on.': '在训练该运行时所用的设备 {0} 上计算。',
  '{0}, line 1: the column {1} appears twice.': '{0} 第 1 行：列 {1} 出现了两次。',
  '{0}, line {1}: 1 field, but the header has {2}.': '{0} 第 {1} 行：有 1 个字段，而表头有 {2} 个。',
  '{0}, line {1}: {2} fields, but the header has {3}.': '{0} 第 {1} 行：有 {2} 个字段，而表头有 {3} 个。',
  'Put a field that holds the delimiter or a line end in double quotes.': '请将含有分隔符或换行的字段放在双引号中。',
  '{0}, line {1}: a quoted field is never closed.': '{0} 第 {1} 行：带引号的字段没有闭合。',
  '{0} is not a JSON array: {1}.': '{0} 不是 JSON 数组：{1}。',
  '{0} is not a JSON array of events.': '{0} 不是由事件组成的 JSON 数组。',
  '{0} is not JSON: {1}.': '{0} 不是 JSON：{1}。',
  '{0}: {1} is not an event.': '{0}：{1} 不是事件。',
  'Each event is an object such as {"time": "2024-05-01T08:30:00", "event": "coffee", "location": "home"}.':
    '每个事件是一个对象，例如 {"time": "2024-05-01T08:30:00", "event": "coffee", "location": "home"}。',
  'scoring users with run "{0}"': '用运行“{0}”为用户评分',
  'scoring users': '正在为用户评分',
  "No user has an event in the sources of the run's dataset.": '在该运行的数据集的数据源中，没有用户有事件。',
  "No user has {0} events in the sources of the run's dataset.":
    '在该运行的数据集的数据源中，没有用户达到 {0} 个事件。',
  'Import their events first.': '请先导入他们的事件。',
  'Event {0} of the history': '历史中的第 {0} 个事件',
  '{0}: the time {1} is {2}.': '{0}：时间 {1} 无法使用：{2}。',
  "{0}: the time {1} has a zone, but the log's sources are in several and nothing says which one the model expects.":
    '{0}：时间 {1} 带有时区，但日志的数据源属于多个时区，无法判断模型应使用哪一个。',
  'Give local times, or the zone.': '请给出本地时间，或指定时区。',
  'Write times as 2025-03-01T07:30:00, with or without a zone, or as seconds or milliseconds since 1970.':
    '请将时间写成 2025-03-01T07:30:00（可带时区），或自 1970 年起的秒数或毫秒数。',
  '{0} holds no events.': '{0} 不含任何事件。',
  'It has only a header.': '它只有表头。',
  '{0}: the field {1} is empty.': '{0}：字段 {1} 为空。',
  '{0} has no column that says which events are those of {1}.': '{0} 没有一列能说明哪些事件属于 {1}。',
  '{0} holds the events of {1} users (column {2}); a prediction takes one.':
    '{0} 含有 {1} 个用户的事件（列 {2}）；一次预测只针对一个用户。',
  'Choose one, such as {0}; or import the file and score all of them.':
    '请选择一个，例如 {0}；或导入该文件，为全部用户评分。',
  '{0} has no events of the user {1} (column {2}).': '{0} 中没有用户 {1} 的事件（列 {2}）。',
  'It holds {0} users.': '它含有 {0} 个用户。',
  '{0}, line {1}: the field {2} is neither a text nor a number.': '{0} 第 {1} 行：字段 {2} 既不是文本也不是数字。',
  'The user {0} has no events in the sources and from the time on that the dataset was built of.':
    '用户 {0} 在构建数据集所用的数据源和时间范围内没有事件。',
  'Give the history yourself, or train on a dataset that includes them.':
    '请自行给出历史，或用包含这些事件的数据集训练。',
  'The log has no user {0}.': '日志中没有用户 {0}。',
  'The list of logs{0} shows how many users each source has.': '日志列表{0}会显示每个数据源有多少用户。',
  'A source was removed from the log while it was read.': '读取日志时，有一个数据源被移除。',
  'give exactly one of a user of the log, a history, and a file with a sequence of events':
    '日志中的用户、历史、含事件序列的文件，三者必须且只能给出一个',
  'give at least one event with its time and behaviour': '请至少给出一个带时间和行为的事件',
  'give exactly one of a text and a file': '文本和文件必须且只能给出一个',
}
