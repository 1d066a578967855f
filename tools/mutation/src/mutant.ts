import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** One change of the code, and whether the tests noticed. */
export interface Mutant {
  readonly file: string
  readonly line: number
  /** The lines that were changed, before and after, without what is around them. */
  readonly before: string
  readonly after: string
  readonly isKilled: boolean
}

/** What of the tool's result is used. */
interface Result {
  readonly fileName: string
  readonly replacement: string
  readonly status: string
  readonly location: { readonly start: Position; readonly end: Position }
}

interface Position {
  readonly line: number
  readonly column: number
}

/** Statuses of mutants that make no difference that could be tested: those that do not compile, and those left out. */
const withoutTest: readonly string[] = ['Ignored', 'CompileError']

export function isTested({ status }: Result): boolean {
  return !withoutTest.includes(status)
}

/** A mutant as the tool tells of it; its positions count from 1. */
export function mutantOf({ fileName, replacement, status, location: { start, end } }: Result): Mutant {
  const lines = readFileSync(fileName, 'utf8').split('\n')
  const first = lines[start.line - 1] ?? ''
  const last = lines[end.line - 1] ?? ''
  return {
    file: basename(fileName),
    line: start.line,
    before: trimmed(lines.slice(start.line - 1, end.line).join('\n')),
    after: trimmed(first.slice(0, start.column - 1) + replacement + last.slice(end.column - 1)),
    // A mutant that never ends was noticed too.
    isKilled: ['Killed', 'Timeout', 'RuntimeError'].includes(status),
  }
}

function trimmed(code: string): string {
  return code.replaceAll(/\s+/g, ' ').trim()
}
