import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import { Project } from './project.ts'

// Every program in a README runs, as somebody would who copies it into an empty project. A block of code that loads
// something is a program; the others are parts of one.
const root = new URL('../../', import.meta.url)
const paths = [
  'README.md',
  'docs/leases.md',
  ...readdirSync(new URL('packages', root)).map((name) => `packages/${name}/README.md`),
]
const readmes = paths
  .map((path) => ({ path, url: new URL(path, root) }))
  .filter(({ url }) => existsSync(url))
  .map(({ path, url }) => ({ path, url, text: readFileSync(url, 'utf8') }))
const programs = readmes.flatMap(({ path, text }) =>
  programsIn(text).map((code, index) => [path, index + 1, code] as const),
)
const texts = new Map(readmes.map(({ path, text }) => [path, text]))
const project = new Project(inject('wholeProject'))

function programsIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:js|ts)\n(.*?)^```/gms)].map(([, code = '']) => code)
  return blocks.filter((code) => /^import\b|\brequire\(/m.test(code))
}

test('every package has a README with a program in it', () => {
  expect(new Set(programs.map(([path]) => path))).toEqual(new Set(paths))
})

test.each(programs)('%s, program %i', (path, number, code) => {
  const extension = /\brequire\(/.test(code) ? 'cjs' : 'mjs'
  const file = project.write(`${path.replaceAll(/\W/g, '-')}-${number}.${extension}`, code)
  const printed = project.run(file)
  expect(printed).not.toBe('')
  // A page of the manual also shows what is printed.
  expect(path.startsWith('docs/') ? texts.get(path) : printed).toContain(printed.trim())
})

test('there is a file for everything that the READMEs link to', () => {
  const broken = readmes.flatMap(({ path, url, text }) => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => new URL(link, url))
    return links.filter((link) => !existsSync(link)).map((link) => `${path}: ${fileURLToPath(link)}`)
  })
  expect(broken).toEqual([])
})
