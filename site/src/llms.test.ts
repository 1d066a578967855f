import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { brokenLinks } from './broken-links.ts'
import { llmsFile, llmsOfSite } from './llms.ts'
import { readMarkdown } from './markdown-page.ts'
import { siteLink } from './pages.ts'

const root = new URL('../../', import.meta.url)
const text = readFileSync(new URL(llmsFile, root), 'utf8')
const targets = readMarkdown(text).links.map(({ target }) => target)

test('what llms.txt links to is there, and is a page of the site', () => {
  const files = {
    read: (file: string) => readFileSync(new URL(file, root), 'utf8'),
    exists: (file: string) => existsSync(new URL(file, root)),
  }
  expect(targets.length).toBeGreaterThan(20)
  expect(brokenLinks([llmsFile], files)).toEqual([])
  expect(targets.filter((target) => siteLink(llmsFile, target).kind !== 'page')).toEqual([])
})

test('it has every guide and every package', () => {
  const guides = readdirSync(new URL('docs/guide', root)).map((name) => `guide/${name}`)
  const packages = readdirSync(new URL('packages', root)).map((name) => `../packages/${name}/README.md`)
  expect([...guides, ...packages].filter((target) => !targets.includes(target))).toEqual([])
})

test('on the site its links lead to where the pages are there', () => {
  expect(llmsOfSite('- [a](../packages/sync/README.md): b\n- [c](guide/mesh.md)')).toBe(
    '- [a](/packages/sync.md): b\n- [c](/guide/mesh.md)',
  )
})
