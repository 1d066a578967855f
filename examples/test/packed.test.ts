import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Project, Tarballs } from './packed-project.ts'

// What users get: the packages packed, installed by npm into an empty project.
const example = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))
const layers = ['@ts2p/base', '@ts2p/mesh', '@ts2p/protocol', '@ts2p/store', '@ts2p/sync', '@ts2p/transport-tcp', '@ts2p/transport-websocket']
const itself = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, name]))

let tarballs: Tarballs
let project: Project

beforeAll(() => {
  tarballs = new Tarballs()
  project = new Project(tarballs, { ...itself(layers), ts2p: 'ts2p', js2p: 'ts2p' })
}, 180_000)

afterAll(() => {
  project.remove()
  tarballs.remove()
})

describe('the examples run in an empty project', () => {
  test('two nodes share a dictionary', () => {
    expect(project.run(project.copy(example('01-two-nodes.mjs')))).toContain('bert sees job/17: running, set by anna')
  })

  test('a lease passes on, and the resource turns the former holder away', () => {
    const output = project.run(project.copy(example('02-leases.mjs')))
    expect(output).toContain('bert: LEASE_HELD, held by anna')
    expect(output).toContain('printer: "page 1 of bert"')
    expect(output).toContain('"page 2 of anna" is refused')
  })

  test('messages to all, and an answer to one', () => {
    const output = project.run(project.copy(example('03-messages.mjs')))
    expect(output).toContain('cleo gets answer 42 from bert')
    expect(output).toContain('bert knows that cleo has the answer')
  })

  test('each layer alone', () => {
    const output = project.run(project.copy(example('04-layers.mjs')))
    expect(output).toContain('right has blue\nright may write it: false\nright may write it two hours later: true')
    expect(output).toContain('anna hears hello from bert')
  })

  test("the names of js2p, by require('ts2p')", () => {
    const output = project.run(project.copy(example('05-js2p-names.cjs')))
    expect(output).toContain('test key was updated to have value value, by anna')
    expect(output).toContain('The association with key test key was deleted\nbroadcast: hello')
  })
})

describe('ways to load it', () => {
  test("require('js2p') gives it to whoever installed it under that name", () => {
    const file = project.write('alias.cjs', `const { sync } = require('js2p'); console.log(typeof sync.sync_socket)`)
    expect(project.run(file)).toBe('function\n')
  })

  test('every package can be required and imported, without a warning', () => {
    const all = [...layers, 'ts2p']
    const required = project.write('all.cjs', all.map((name) => `console.log(Object.keys(require('${name}')).length > 0)`).join('\n'))
    const imported = project.write('all.mjs', all.map((name) => `import '${name}'`).join('\n'))
    expect(project.run(required, '--throw-deprecation')).toBe('true\n'.repeat(all.length))
    expect(project.run(imported)).toBe('')
  })

  test('no top-level await is in the way of require()', () => {
    const file = project.write('whole.cjs', `require('ts2p'); console.log('loaded')`)
    expect(project.run(file)).toBe('loaded\n')
  })

  test.each(['nodenext', 'bundler'])('the types hold in a project with moduleResolution %s', (moduleResolution) => {
    project.copy(example('types/uses.ts'))
    const config = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'es2022',
        module: moduleResolution === 'nodenext' ? 'nodenext' : 'esnext',
        moduleResolution,
        types: [],
        lib: ['es2023', 'dom', 'esnext.disposable'],
        exactOptionalPropertyTypes: true,
      },
      files: ['uses.ts'],
    }
    project.write('tsconfig.json', JSON.stringify(config))
    const tsc = fileURLToPath(import.meta.resolve('typescript/package.json'))
    const compile = (): string =>
      execFileSync(process.execPath, [join(tsc, '..', 'bin', 'tsc'), '-p', '.'], { cwd: project.folder, encoding: 'utf8' })
    expect(compile).not.toThrow()
  })
})

describe('only the layers that are needed', () => {
  test.each([...layers, 'ts2p'])('the manifest of %s names no range or condition of the workspace', (name) => {
    expect(project.manifest(name)).not.toMatch(/workspace:|catalog:|@ts2p\/source/)
  })

  test('the store alone brings a hash function and nothing else', () => {
    const storeOnly = new Project(tarballs, itself(['@ts2p/store']))
    expect(storeOnly.installed()).toEqual(['@noble/hashes', '@ts2p/store'])
    storeOnly.remove()
  })

  test('the mesh brings no store', () => {
    const meshOnly = new Project(tarballs, itself(['@ts2p/mesh']))
    const installed = meshOnly.installed()
    meshOnly.remove()
    expect(installed).toContain('@ts2p/base')
    expect(installed).not.toContain('@ts2p/store')
    expect(installed).not.toContain('ws')
  })
})
