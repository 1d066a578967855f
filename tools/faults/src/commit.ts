import { execFileSync } from 'node:child_process'

/**
 * The commit that is tested, such as '06d902d…' or '06d902d… with changes'.
 *
 * @param root the folder of the repository
 */
export function describeCommit(root: string): string {
  const git = (...words: string[]): string => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim()
  const head = git('rev-parse', 'HEAD')
  return git('status', '--porcelain') === '' ? head : `${head} with changes`
}
