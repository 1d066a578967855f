import { posix } from 'node:path'
import { codeOf, lineAt } from './code.ts'
import type { Source } from './sources.ts'

/** One file imports another, or only its types. */
export interface Import {
  readonly from: string
  readonly to: string
  /** Of the imported file's name, from 1. */
  readonly line: number
  /** Why this import may be part of a cycle: the comment `// cycle: <reason>` at its end, or alone in the line before it. */
  readonly reason?: string
}

const statement = /^(?:import|export)\s[^'"]*?from\s+'(\.[^']+)'|^import\s+'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'/gm
const explanation = /\/\/ cycle: (.*\S)/
const explanationAlone = /^\/\/ cycle: (.*\S)/

/** The relative imports of a file: of values, of types, and those within an expression. */
export function importsOf({ path, text }: Source): Import[] {
  const code = codeOf(text)
  const lines = text.split('\n')
  return [...text.matchAll(statement)]
    .filter(({ index }) => code[index] !== ' ')
    .map((match) => {
      const first = lineAt(text, match.index)
      const line = lineAt(text, match.index + match[0].length)
      const target = match[1] ?? match[2] ?? match[3] ?? ''
      const found = explanationAlone.exec(lines[first - 2] ?? '') ?? explanation.exec(lines[line - 1] ?? '')
      const reason = found?.[1]
      const to = posix.join(posix.dirname(path), target)
      return { from: path, to, line, ...(reason === undefined ? {} : { reason }) }
    })
}
