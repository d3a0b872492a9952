/** What devices can do, and why not. */
export default {
  'trying {0}': '正在测试 {0}',
  'ONNX Runtime for {0} {1} has no {2} provider.': '用于 {0} {1} 的 ONNX Runtime 没有 {2} 执行提供程序。',
  'The probe did not answer within {0} seconds': '测试进程在 {0} 秒内没有响应',
  'The probe ended its process ({0})': '测试进程意外结束（{0}）',
  'It computes losses of {0}.': '它算出的损失为 {0}。',
  'It trains, but the cpu does not: nothing to compare it with.': '它可以训练，但 cpu 不行：没有可比对的结果。',
  "Its parameters differ from the cpu's by {0} after {1} tiny steps (allowed: {2}).":
    '{1} 步小规模训练后，其参数与 cpu 相差 {0}（允许 {2}）。',
  '{0} tiny training steps gave finite losses.': '{0} 步小规模训练得到了有限的损失。',
  '{0} tiny training steps agree with the cpu to {1}.': '{0} 步小规模训练与 cpu 的结果相差不超过 {1}。',
  'Install the dependencies again: onnxruntime-node cannot compute at all.':
    '请重新安装依赖：onnxruntime-node 完全无法计算。',
  'Install the graphics driver with Vulkan support and the loader (Debian: libvulkan1); `vulkaninfo --summary` must list the card. A virtual machine without a card has none.':
    '请安装支持 Vulkan 的显卡驱动和加载器（Debian：libvulkan1）；`vulkaninfo --summary` 必须能列出显卡。没有显卡的虚拟机无法使用。',
  'Update the graphics driver.': '请更新显卡驱动。',
  'Install CUDA 12 and cuDNN 9, and download the CUDA libraries of ONNX Runtime: `ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js` in the folder of the program. Or use webgpu, which needs neither.':
    '请安装 CUDA 12 和 cuDNN 9，并下载 ONNX Runtime 的 CUDA 库：在程序所在文件夹中运行 `ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js`。或改用 webgpu，它不需要这些。',
  'cuda works on Linux x64 only; webgpu drives NVIDIA cards everywhere.':
    'cuda 仅适用于 Linux x64；webgpu 在所有系统上都能驱动 NVIDIA 显卡。',
  'dml (DirectML) works on Windows only; use webgpu or cpu.': 'dml（DirectML）仅适用于 Windows；请使用 webgpu 或 cpu。',
  'coreml works on macOS only; use webgpu or cpu.': 'coreml 仅适用于 macOS；请使用 webgpu 或 cpu。',
  'cpu, as asked.': '按要求使用 cpu。',
  '{0}, as asked. {1}': '按要求使用 {0}。{1}',
  'cpu, since no other device works here ({0} tried).': '使用 cpu，因为本机没有其他可用设备（已尝试 {0}）。',
  '{0} It makes one step in each call, since {1} fail: {2}': '{0}它每次调用只执行一步，因为 {1} 步会失败：{2}',
  'The doctor{0} says whether it works with one.': '诊断页{0}会说明它每次执行一步时是否可用。',
  'The device {0} does not work here. {1}': '设备 {0} 在本机无法工作。{1}',
  'The device {0} does not work here with {1} steps in each call. {2}':
    '设备 {0} 在本机无法以每次调用 {1} 步的方式工作。{2}',
  '{0} tokens/s': '{0} 词元/秒',
  '{0}, the fastest device that works here ({1}).': '{0} 是本机可用设备中最快的（{1}）。',
  'Slower: {0}.': '较慢：{0}。',
  'Not working: {0}.': '不可用：{0}。',
  'The device {0} cannot load the graph: {1}{2}': '设备 {0} 无法加载计算图：{1}{2}',
  'The doctor{0} says which devices work here.': '诊断页{0}会说明本机哪些设备可用。',
  'This build of ONNX Runtime ({0} {1}) has no {2} provider; it has {3}.':
    '此版本的 ONNX Runtime（{0} {1}）没有 {2} 执行提供程序；现有：{3}。',
  ' ({0} is not installed)': '（未安装 {0}）',
  'Install the package onnxruntime-node again.': '请重新安装 onnxruntime-node 软件包。',
  'webgpu is built in on Linux x64, Windows and macOS arm64.': 'webgpu 内置于 Linux x64、Windows 和 macOS arm64 版本。',
  'cuda exists on Linux x64 only; webgpu drives NVIDIA cards everywhere.':
    'cuda 仅存在于 Linux x64；webgpu 在所有系统上都能驱动 NVIDIA 显卡。',
  'dml (DirectML) exists on Windows only; use webgpu or cpu.':
    'dml（DirectML）仅存在于 Windows；请使用 webgpu 或 cpu。',
  'coreml exists on macOS only; use webgpu or cpu.': 'coreml 仅存在于 macOS；请使用 webgpu 或 cpu。',
  'The device {0} failed while computing: {1}': '设备 {0} 计算失败：{1}',
  'Try a smaller batch, or another device; the doctor{0} says which devices work here.':
    '请尝试更小的批次或其他设备；诊断页{0}会说明本机哪些设备可用。',
}
