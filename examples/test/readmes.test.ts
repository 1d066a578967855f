import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, inject, test } from 'vitest'
import { codeBlocksIn } from './code-blocks.ts'
import { Project } from './project.ts'

// Every block of code in the READMEs and the manual is run, as by somebody who copies it into an empty project; one that is marked as a
// part of a program is compiled.
const root = new URL('../../', import.meta.url)
const manual = readdirSync(new URL('docs', root), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
const packages = readdirSync(new URL('packages', root)).map((name) => `packages/${name}/README.md`)
const others = [
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'STYLE.md',
  'examples/README.md',
  'benchmarks/README.md',
]
const texts = new Map(
  ['README.md', ...packages, ...manual, ...others]
    .filter((path) => existsSync(new URL(path, root)))
    .map((path) => [path, readFileSync(new URL(path, root), 'utf8')]),
)
const blocks = [...texts].flatMap(([path, text]) =>
  codeBlocksIn(text).map((block) => ({ place: `${path}:${block.line}`, path, ...block })),
)
const programs = blocks.filter((block) => block.kind === 'program')
const fragments = blocks.filter((block) => block.kind === 'fragment')
const project = new Project(inject('wholeProject'))

const compilerOptions = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'dom', 'esnext.disposable'],
  strict: true,
  skipLibCheck: true,
  types: ['node'],
}

test('every package has a README with a program in it', () => {
  const withProgram = new Set(programs.map(({ path }) => path))
  expect(['README.md', ...packages].filter((path) => !withProgram.has(path))).toEqual([])
})

test.each(packages)('whoever installs what %s says has what its programs load', (path) => {
  const installed = [...(texts.get(path) ?? '').matchAll(/npm install ([^\n`]+)/g)].flatMap(([, names = '']) =>
    names.split(' '),
  )
  const loaded = programs
    .filter((block) => block.path === path)
    .flatMap(({ code }) => [...code.matchAll(/(?:from |require\()'([^'.][^']*)'/g)].map(([, name = '']) => name))
    .filter((name) => !name.startsWith('node:'))
    // `react-dom/server` is a part of react-dom.
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name)
  const renamed = installed.flatMap((name) => name.split('@npm:')[0] ?? [])
  expect(loaded.filter((name) => !renamed.includes(name))).toEqual([])
})

test('a block that is not run says why', () => {
  expect(blocks.filter(({ kind }) => kind === 'unmarked').map(({ place }) => place)).toEqual([])
  expect(fragments.filter(({ reason }) => reason === '').map(({ place }) => place)).toEqual([])
})

test.concurrent.each(programs)('$place runs', async ({ place, path, language, code, prints }) => {
  const name = place.replaceAll(/\W/g, '-')
  const file =
    language === 'ts'
      ? await compiled(name, code)
      : project.write(`${name}.${/\brequire\(/.test(code) ? 'cjs' : 'mjs'}`, code)
  const printed = await project.run(file)
  expect(printed).not.toBe('')
  // A page of the manual always shows what is printed.
  const claimed = path.startsWith('docs/') ? (prints ?? 'nothing') : (prints ?? printed)
  expect(claimed).toBe(printed)
})

test('every part of a program compiles', async () => {
  const files = fragments.map(({ place, code }) =>
    project.write(`${place.replaceAll(/\W/g, '-')}.mts`, `${code}\nexport {}\n`),
  )
  // What is JavaScript in the page says nothing of the types of its parameters.
  expect(await project.typeCheck(files, { ...compilerOptions, noImplicitAny: false, noEmit: true })).toBe('')
})

test('what is said to be a part of an example is one, but for how far it is indented', () => {
  const lines = (code: string): string => code.replaceAll(/^ +/gm, '')
  const parts = fragments.filter(({ reason }) => reason.startsWith('from examples/'))
  expect(parts.length).toBeGreaterThan(5)
  for (const { place, reason, shown } of parts) {
    const whole = readFileSync(new URL(reason.replace('from ', ''), root), 'utf8')
    expect.soft(lines(whole), place).toContain(lines(shown))
  }
})

test('what is said to run elsewhere does', () => {
  const tests = blocks.filter((block) => block.kind === 'elsewhere')
  for (const { path, test: file } of tests) expect(readFileSync(new URL(file, root), 'utf8')).toContain(path)
})

/** Compiles a program of TypeScript, as strictly as can be. @returns the file to run */
async function compiled(name: string, code: string): Promise<string> {
  const file = project.write(`${name}.mts`, code)
  expect(await project.typeCheck([file], compilerOptions)).toBe('')
  return `${name}.mjs`
}
