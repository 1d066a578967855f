import { expect, test } from 'vitest'
import { manifestFaults } from './manifest.ts'

const versions = new Map([
  ['@ts2p/base', '0.2.0'],
  ['@ts2p/mesh', '0.3.1'],
])
const exported = { './package.json': './package.json' }
const dependencies = { '@ts2p/base': '^0.2.0', ws: '^8.23.0' }
const sound = { name: '@ts2p/mesh', version: '0.3.1', exports: exported, dependencies }

test('a manifest with real versions and ranges has no fault', () => {
  expect(manifestFaults(sound, versions)).toEqual([])
})

test('a peer may be asked for by everything before its next major version', () => {
  const peer = (range: string): string[] =>
    manifestFaults({ ...sound, peerDependencies: { '@ts2p/base': range } }, versions)
  expect(peer('<1.0.0')).toEqual([])
  expect(peer('<0.0.0')).toEqual([expect.stringContaining('asks for @ts2p/base <0.0.0, and 0.2.0')])
  expect(peer('>=0')).toEqual([expect.stringContaining('asks for @ts2p/base >=0, and 0.2.0')])
  const brought = (range: string): string[] =>
    manifestFaults({ ...sound, peerDependencies: { react: range } }, versions)
  expect(brought('>=18')).toEqual([])
  expect(brought('*')).toEqual([expect.stringContaining('asks for react *')])
})

test.each([
  [{ ...sound, version: '0.0.0' }, 'is there a changeset'],
  [{ ...sound, dependencies: { '@ts2p/base': 'workspace:^' } }, 'asks for @ts2p/base workspace:^, and 0.2.0'],
  [{ ...sound, dependencies: { '@ts2p/base': '^0.1.0' } }, 'asks for @ts2p/base ^0.1.0, and 0.2.0'],
  [{ ...sound, peerDependencies: { '@ts2p/base': '^0.1.0' } }, 'asks for @ts2p/base ^0.1.0, and 0.2.0'],
  [{ ...sound, dependencies: { '@ts2p/simulator': '^0.0.0' } }, '@ts2p/simulator is not published with it'],
  [{ ...sound, optionalDependencies: { ws: 'catalog:' } }, 'catalog:, which is no plain range'],
  [{ ...sound, scripts: { postinstall: 'node x' } }, 'it has a script postinstall'],
  [{ ...sound, devDependencies: { vitest: '4.0.0' } }, 'it has devDependencies'],
  [{ ...sound, exports: {} }, 'it does not export ./package.json'],
  [{ ...sound, private: true }, 'it is private'],
  [{ ...sound, exports: { ...exported, '.': { '@ts2p/source': './src/index.ts' } } }, 'the condition of the workspace'],
])('%#: a fault is named', (manifest, fault) => {
  expect(manifestFaults(manifest, versions)).toEqual([expect.stringContaining(fault)])
})
