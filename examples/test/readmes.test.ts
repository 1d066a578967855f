import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Project, Tarballs } from './packed-project.ts'

// Every program in a README runs, as somebody would who copies it into an empty project. A block of code that loads
// something is a program; the others are parts of one.
const root = new URL('../../', import.meta.url)
const readmes = ['README.md', ...readdirSync(new URL('packages', root)).map((name) => `packages/${name}/README.md`)]
const programs = readmes.flatMap((readme) =>
  programsOf(readFileSync(new URL(readme, root), 'utf8')).map((code, index) => ({ readme, index, code })),
)

function programsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:js|ts)\n(.*?)^```/gms)].map(([, code = '']) => code)
  return blocks.filter((code) => /^import .* from|require\(/m.test(code))
}

let tarballs: Tarballs
let project: Project

beforeAll(() => {
  tarballs = new Tarballs()
  const names = readdirSync(new URL('packages', root)).filter((name) => name !== 'ts2p')
  const layers = Object.fromEntries(names.map((name) => [`@ts2p/${name}`, `@ts2p/${name}`]))
  project = new Project(tarballs, { ...layers, ts2p: 'ts2p', js2p: 'ts2p' })
}, 180_000)

afterAll(() => {
  project.remove()
  tarballs.remove()
})

test('every package has a README with a program in it', () => {
  expect(new Set(programs.map(({ readme }) => readme))).toEqual(new Set(readmes))
})

test.each(programs)('$readme, program $index', ({ code, index, readme }) => {
  const isCommonJs = /\brequire\(/.test(code)
  const name = `${readme.replaceAll(/\W/g, '-')}-${index}.${isCommonJs ? 'cjs' : 'mjs'}`
  const output = project.run(project.write(name, code))
  expect(output).not.toBe('')
})

test('there is a file for everything that the READMEs link to', () => {
  const broken = readmes.flatMap((readme) => {
    const text = readFileSync(new URL(readme, root), 'utf8')
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => new URL(link, new URL(readme, root)))
    return links.filter((link) => !exists(link)).map((link) => `${readme}: ${fileURLToPath(link)}`)
  })
  expect(broken).toEqual([])
})

function exists(url: URL): boolean {
  try {
    readFileSync(url)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EISDIR'
  }
}
