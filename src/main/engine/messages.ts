/** What ONNX Runtime says, without its source locations and stack trace. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message
    .split('\n', 1)[0]
    .replace(/^\S*onnxruntime\S+:\d+ .* was false\. /, '')
    .trim()
}
