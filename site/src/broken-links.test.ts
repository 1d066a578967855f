import { expect, test } from 'vitest'
import { brokenLinks } from './broken-links.ts'

function broken(contents: Readonly<Record<string, string>>): string[] {
  const files = { read: (file: string) => contents[file] ?? '', exists: (file: string) => file in contents }
  const found = brokenLinks(Object.keys(contents), files)
  return found.map(({ file, line, target, reason }) => `${file}:${line}: ${target}: ${reason}`)
}

test('links to files and headings that are there are good, in whatever folder', () => {
  const contents = {
    'a.md': '# One thing\n\n[b](docs/b.md#the-store-a-map) [here](#one-thing) [there](https://example.org/#x)',
    'docs/b.md': '## The `store`: a map\n\n[a](../a.md)',
  }
  expect(broken(contents)).toEqual([])
})

test('links to what is not there are told with their line', () => {
  const contents = { 'a.md': '# One\n\n[x](gone.md) and [y](#two)', 'c.txt': '[up](../../etc)\n[no](c.txt#a)' }
  expect(broken(contents)).toEqual([
    'a.md:3: gone.md: there is no such file',
    'a.md:3: #two: the page has no such heading',
    'c.txt:1: ../../etc: there is no such file',
    'c.txt:2: c.txt#a: only pages have anchors',
  ])
})

test('code is no prose', () => {
  expect(broken({ 'a.md': '```js\n[x](gone.md)\n# no heading\n```\n`[y](gone.md)`' })).toEqual([])
})

test('a heading that comes twice has a number the second time', () => {
  expect(broken({ 'a.md': '# One\n# One\n[1](#one) [2](#one-1) [3](#one-2)' })).toEqual([
    'a.md:3: #one-2: the page has no such heading',
  ])
})
