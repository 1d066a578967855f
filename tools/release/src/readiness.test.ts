import { expect, test } from 'vitest'
import type { Manifest } from './manifest.ts'
import { obstacles } from './readiness.ts'

const repository = { type: 'git', url: 'git+https://example.org/ts2p.git', directory: 'packages/base' }
const ready = { name: '@ts2p/base', version: '0.1.0', repository }
const obstaclesOf = (manifest: Manifest): string[] => obstacles(new Map([['packages/base', manifest]]))

test('a package with a version and a repository can be published', () => {
  expect(obstaclesOf(ready)).toEqual([])
  expect(obstaclesOf({ ...ready, repository: 'github:example/ts2p' })).toEqual([])
})

test.each([[undefined], [''], [{ type: 'git', url: ' ' }], [{ type: 'git' }]])(
  'without an address, %j, it is said which field to fill in, and where',
  (none) => {
    const [sentence, ...more] = obstaclesOf({ ...ready, repository: none })
    expect(sentence).toContain('Fill in "repository"')
    expect(sentence).toContain('packages/base/package.json')
    expect(more).toEqual([])
  },
)

test('without a version it is said what gives it one', () => {
  expect(obstaclesOf({ ...ready, version: '0.0.0' })).toEqual([expect.stringContaining('pnpm version-packages')])
})
