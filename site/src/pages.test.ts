import { expect, test } from 'vitest'
import { siteLink, sitePathOf } from './pages.ts'

test.each([
  ['docs/tutorial.md', 'tutorial.md'],
  ['docs/guide/mesh.md', 'guide/mesh.md'],
  ['docs/decisions/dependencies/README.md', 'decisions/dependencies/index.md'],
  ['packages/sync/README.md', 'packages/sync.md'],
  ['site/generated/api/@ts2p/sync.md', 'api/@ts2p/sync.md'],
  ['SECURITY.md', 'project/security.md'],
  ['tools/demo/README.md', undefined],
  ['docs/llms.txt', undefined],
])('%s stands at %s', (file, path) => expect(sitePathOf(file)).toBe(path))

test.each([
  ['docs/threat-model.md', '../packages/persistence-level', '/packages/persistence-level.md'],
  ['docs/guide/mesh.md', '../protocol.md#floods', '/protocol.md#floods'],
  ['packages/base/README.md', '../mesh', '/packages/mesh.md'],
  ['examples/README.md', 'browser-chat', '/examples/browser-chat.md'],
  ['README.md', 'docs/leases.md', '/leases.md'],
])('in %s, %s leads to %s', (from, target, href) => expect(siteLink(from, target)).toEqual({ kind: 'page', href }))

test('of a link to a source only the text is left; what leads elsewhere stays', () => {
  expect(siteLink('docs/threat-model.md', '../packages/protocol/src/limits.ts')).toEqual({ kind: 'source' })
  expect(siteLink('README.md', 'docs/decisions')).toEqual({ kind: 'source' })
  expect(siteLink('examples/README.md', 'browser')).toEqual({ kind: 'source' })
  for (const target of ['https://example.org', '#here'])
    expect(siteLink('README.md', target)).toEqual({ kind: 'elsewhere' })
})
