// Types of main process, tests and tools, and what types alone do not say: a phrase that is put into a text must have been rendered. One program answers both.
import { join, relative, sep } from 'node:path'
import ts from 'typescript'
import { root } from './setup.mjs'

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
const program = ts.createProgram(fileNames, options)
const checker = program.getTypeChecker()

const diagnostics = ts.getPreEmitDiagnostics(program)
const host = { getCurrentDirectory: () => root, getCanonicalFileName: (file) => file, getNewLine: () => '\n' }
process.stdout.write(ts.formatDiagnostics(diagnostics, host))
const found = unrenderedPhrases()
for (const where of found) console.log(`${where}: a phrase becomes a text without being rendered: call \`render\``)
process.exit(diagnostics.length + found.length === 0 ? 0 : 1)

/** Where the program, without its tests, makes texts of phrases: file, line and expression. */
function unrenderedPhrases() {
  const found = []
  for (const file of program.getSourceFiles()) {
    if (!file.fileName.startsWith(join(root, 'src') + sep)) continue
    visit(file, (node) => {
      for (const part of textualParts(node)) {
        if (!holdsPhrase(checker.getTypeAtLocation(part))) continue
        const { line } = file.getLineAndCharacterOfPosition(part.getStart())
        found.push(`${relative(root, file.fileName)}:${line + 1}: ${part.getText()}`)
      }
    })
  }
  return found
}

/**
 * @param {ts.Node} node
 * @param {(node: ts.Node) => void} look
 */
function visit(node, look) {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}

/**
 * Expressions whose value becomes a text: in template strings, `String()` and `join()`.
 * @param {ts.Node} node
 */
function textualParts(node) {
  if (ts.isTemplateExpression(node) && !ts.isTaggedTemplateExpression(node.parent)) {
    return node.templateSpans.map(({ expression }) => expression)
  }
  if (!ts.isCallExpression(node)) return []
  const { expression } = node
  if (ts.isIdentifier(expression) && expression.text === 'String') return [...node.arguments]
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'join' ? [expression.expression] : []
}

/**
 * Whether a type is a phrase, or a list of them, or may be.
 * @param {ts.Type} type
 */
function holdsPhrase(type, depth = 0) {
  if (depth > 4) return false
  if (type.symbol?.name === 'Phrase' || type.aliasSymbol?.name === 'PhraseValue') return true
  if (type.isUnion()) return type.types.some((member) => holdsPhrase(member, depth + 1))
  return checker.isArrayType(type) && holdsPhrase(checker.getTypeArguments(type)[0], depth + 1)
}
