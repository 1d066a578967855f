import { expect, inject, test } from 'vitest'
import { Project } from './project.ts'

// Nothing of Node is among the types, and those of our packages and of their dependencies are checked as well.
const project = new Project(inject('wholeProject'))
const file = project.copy(new URL('user-types.ts', import.meta.url))
const strictest = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  types: [],
}

test.each([
  ['nodenext', 'nodenext'],
  ['bundler', 'esnext'],
])('users have the types that they expect, with moduleResolution %s', async (moduleResolution, module) => {
  const lib = ['es2022', 'dom']
  expect(await project.typeCheck([file], { ...strictest, moduleResolution, module, target: 'es2022', lib })).toBe('')
})
