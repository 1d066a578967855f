import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'

/** What is tested: which commit it was last, and a hash of the code alone. */
export interface TestedCode {
  /** The commit, such as '06d902d…' or '06d902d… with changes'. */
  readonly commit: string
  /** SHA-256 of the sources that rows run, in hexadecimal. It stays the same when only documents and tests change. */
  readonly sources: string
}

/** Where the sources are that rows run. */
const folders = ['packages/*/src', 'tools/faults/src', 'tools/simulator/src']

/** @param root the folder of the repository */
export function describeCode(root: string): TestedCode {
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).trim()
  const head = git('rev-parse', 'HEAD')
  const isClean = git('status', '--porcelain', '--', ...folders) === ''
  const files = git('ls-files', '--stage', '--', ...folders).split('\n')
  const sources = files.filter((line) => !/\.test(-helper)?\.ts$/.test(line)).join('\n')
  const changes = isClean ? '' : git('diff', 'HEAD', '--', ...folders)
  return {
    commit: isClean ? head : `${head} with changes`,
    sources: createHash('sha256').update(sources).update(changes).digest('hex'),
  }
}
