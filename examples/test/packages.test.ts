import { afterEach, describe, expect, inject, test } from 'vitest'
import { Project } from './project.ts'

const tarballs = inject('tarballs')
const names = Object.keys(tarballs)
const whole = new Project(inject('wholeProject'))

test('there are seventeen packages', () => {
  const layers = [
    'base',
    'cli',
    'discovery-mdns',
    'inspector',
    'locks',
    'mesh',
    'persistence-indexeddb',
    'persistence-level',
    'protocol',
    'react',
    'reconciliation',
    'store',
    'sync',
    'transport-noise',
    'transport-tcp',
    'transport-websocket',
  ]
  expect(names.toSorted()).toEqual([...layers.map((layer) => `@ts2p/${layer}`), 'ts2p'])
})

test.each(names)('the manifest of %s names no range and no condition of the workspace', (name) => {
  expect(whole.manifestOf(name)).not.toMatch(/workspace:|catalog:|@ts2p\/source|\.\/src\//)
})

describe('ways to load them', () => {
  // A top-level await anywhere in what they load would make require() fail.
  test('each by require() and by import: the same module, and no warning', async () => {
    const program = `
      void (async () => {
        for (const name of ${JSON.stringify(names)}) {
          const required = require(name)
          const imported = await import(name)
          console.log(name, Object.keys(imported).length > 0, imported === required)
        }
      })()`
    const printed = await whole.run(whole.write('load.cjs', program))
    expect(printed.trim().split('\n')).toEqual(names.map((name) => `${name} true true`))
  })

  test("require('js2p') for whoever installed ts2p under that name", async () => {
    const file = whole.write('alias.cjs', `const { sync } = require('js2p'); console.log(typeof sync.sync_socket)`)
    expect(await whole.run(file)).toBe('function\n')
  })
})

test('the dictionary brings no database', () => {
  const umbrella = new Project(inject('umbrellaProject'))
  expect(umbrella.installed().filter((name) => /level|persistence|idb|indexed/.test(name))).toEqual([])
})

describe('whoever needs one layer gets no more', () => {
  let project: Project | undefined
  afterEach(() => project?.remove())

  test('the store brings a hash function', async () => {
    project = await Project.install(tarballs, { '@ts2p/store': '@ts2p/store' })
    expect(project.installed()).toEqual(['@noble/hashes', '@ts2p/store'])
  })

  test('reconciliation brings nothing else', async () => {
    project = await Project.install(tarballs, { '@ts2p/reconciliation': '@ts2p/reconciliation' })
    expect(project.installed()).toEqual(['@ts2p/reconciliation'])
  })

  test('the mesh brings no store, and no transport', async () => {
    project = await Project.install(tarballs, { '@ts2p/mesh': '@ts2p/mesh' })
    const installed = project.installed()
    expect(installed.filter((name) => name.startsWith('@ts2p/'))).toEqual([
      '@ts2p/base',
      '@ts2p/mesh',
      '@ts2p/protocol',
    ])
    expect(installed).not.toContain('ws')
  })
})
