import { readFileSync } from 'node:fs'
import { base, mesh, sync } from 'ts2p'
import { expect, test } from 'vitest'

// Every name that a program of js2p can use here stands in the page for those who come from there.
const page = readFileSync(new URL('../../docs/migration.md', import.meta.url), 'utf8')
const code = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)

function membersOf(constructor: abstract new (...parameters: never[]) => object): string[] {
  const names: string[] = []
  for (
    let prototype: unknown = constructor.prototype;
    prototype instanceof Object;
    prototype = Object.getPrototypeOf(prototype)
  )
    names.push(...Object.getOwnPropertyNames(prototype))
  return names
}

/** What classes have for their own sake: their constructors, and what they override. */
const inner = new Set([
  'constructor',
  'closeLayered',
  'layered',
  'emitIsolated',
  'tellError',
  'watched',
  ...membersOf(Object),
])

test.each([
  ['base', base],
  ['mesh', mesh],
  ['sync', sync],
] as const)('every export of %s', (_, exported) => {
  expect(Object.keys(exported).filter((name) => !code.some((text) => text.includes(name)))).toEqual([])
})

test.each([
  ['protocol', base.protocol],
  ['mesh_socket', mesh.mesh_socket],
  ['message', mesh.message],
  ['sync_socket', sync.sync_socket],
])('every member of %s', (_, constructor) => {
  const names = membersOf(constructor).filter((name) => !inner.has(name))
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => !code.some((text) => new RegExp(`\\b${name}\\b`).test(text)))).toEqual([])
})
