import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'

// Every name that js2p 0.7.870 gives to programs, and every method of its classes, stands in the page for those who come from there.
const page = readFileSync(new URL('../../docs/migration.md', import.meta.url), 'utf8')
const code = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
const js2p: unknown = createRequire(import.meta.url)('js2p')

function stands(name: string): boolean {
  return code.some((text) => new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text))
}

/** The names in a module, and in the classes in it; what begins with an underscore is nobody else's, and what is a number is no name. */
function namesIn(module: unknown): string[] {
  if (typeof module !== 'object' || module === null || Array.isArray(module)) return []
  return Object.entries(module).flatMap(([name, value]) => [name, ...methodsOf(value)])
}

function methodsOf(value: unknown): string[] {
  const prototype: unknown = typeof value === 'function' ? value.prototype : undefined
  if (typeof prototype !== 'object' || prototype === null) return []
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor' && !name.startsWith('_'))
}

const modules = Object.entries(js2p as Readonly<Record<string, unknown>>)

test('every module', () => {
  expect(modules.length).toBeGreaterThan(5)
  expect(modules.map(([name]) => name).filter((name) => !stands(name))).toEqual([])
})

test.each(modules)('every name of %s', (_, module) => {
  expect([...new Set(namesIn(module))].filter((name) => !stands(name))).toEqual([])
})
