import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { Project } from './project.ts'

// The examples as a user copies them: into an empty project, with the packages that npm has installed there.
const project = new Project(inject('wholeProject'))
const names = [
  '01-two-nodes.mjs',
  '02-leases.mjs',
  '03-messages.mjs',
  '04-layers.mjs',
  '05-js2p-names.cjs',
  '06-kept.mjs',
  '07-election.mjs',
  '08-registry.mjs',
  '09-jobs.mjs',
  '10-lock.mjs',
  '11-flags.mjs',
  '12-cache.mjs',
  '13-channel.mjs',
]
const [twoNodes = '', leases = '', messages = '', layers = '', js2pNames = '', kept = '', ...recipes] = names.map(
  (name) => project.copy(new URL(`../${name}`, import.meta.url)),
)

describe('the examples run, and end by themselves', () => {
  test.concurrent('a leader is elected, and another when it is gone; what the first one still writes is refused', async () => {
    expect((await project.run(recipes[0] ?? '')).split('\n')).toEqual([
      'written: anna leads',
      'bert hears: anna leads',
      'bert hears: nobody leads',
      'bert hears: bert leads',
      'written: bert leads',
      'refused: anna leads, does it not?',
      '',
    ])
  })

  test.concurrent('a layer of three nodes counts together', async () => {
    expect(await project.run(recipes[6] ?? '')).toBe('the third node counts 42\n')
  })

  test.concurrent('services are found and asked, and those that are gone are not', async () => {
    expect((await project.run(recipes[1] ?? '')).split('\n')).toEqual([
      '1 printer: printer did page 1',
      'the printer is gone',
      'then 0 printers and 1 scanner',
      'at last 0 scanners',
      '',
    ])
  })

  test.concurrent('jobs are claimed and done, also those whose worker is gone', async () => {
    const [first, ...others] = (await project.run(recipes[2] ?? '')).trimEnd().split('\n')
    expect(first).toBe('anna is gone in the middle of its jobs')
    expect(others.toSorted()).toEqual(['bert has done job/1', 'bert has done job/2', 'bert has done job/3'])
  })

  test.concurrent('a server refuses who held the lock before', async () => {
    expect((await project.run(recipes[3] ?? '')).split('\n')).toEqual([
      'first draft of anna: stored',
      'first draft of bert: stored',
      'second draft of anna: refused, 409',
      '',
    ])
  })

  test.concurrent('flags change on every node, which decide alike', async () => {
    expect((await project.run(recipes[4] ?? '')).split('\n')).toEqual([
      'not set: on for 0 of 1000',
      '20 %: on for 228 of 1000, alike on both: true',
      '100 %: on for 1000 of 1000, alike on both: true',
      'off again, since orders fail: on for 0',
      '',
    ])
  })

  test.concurrent('caches drop what was changed, also while they could not hear of it', async () => {
    expect((await project.run(recipes[5] ?? '')).split('\n')).toEqual([
      '10 10 10 in 2 reads',
      'bert has 10, anna has 12',
      'linked, bert has 12',
      '12 12 in 4 reads',
      '',
    ])
  })

  test('a recipe is at most 60 lines', () => {
    const lines = recipes.map((name) => readFileSync(join(project.folder, name), 'utf8').trimEnd().split('\n').length)
    expect(lines.filter((count) => count > 60)).toEqual([])
  })

  test.concurrent('two nodes share a dictionary', async () => {
    const printed = await project.run(twoNodes)
    expect(printed).toContain('bert sees job/17: running, set by anna')
    expect(printed).toContain("bert reads { state: 'running', by: 'anna' }")
    expect(printed).toContain('watched: set of job/18')
  })

  test.concurrent('a lease passes on, and the resource turns the former holder away', async () => {
    const lines = (await project.run(leases)).split('\n')
    expect(lines).toEqual([
      expect.stringMatching(/^anna has the lock until /),
      'printer: page 1 of anna',
      expect.stringMatching(/^bert: LEASE_HELD, by anna, until /),
      expect.stringMatching(/^bert has the lock until /),
      'printer: page 1 of bert',
      'printer: page 2 of anna is refused, the lock has passed on',
      '',
    ])
  })

  test.concurrent('broadcasts, an answer to one, and a whisper', async () => {
    const printed = await project.run(messages)
    expect(printed).toContain('anna hears the question')
    expect(printed).toContain("cleo hears [ 'forty', 'two' ] from bert")
    expect(printed).toContain('bert knows that cleo has the answer')
    expect(printed).toContain("bert hears a whisper: [ 'psst' ]")
  })

  test.concurrent('each layer alone', async () => {
    const printed = await project.run(layers)
    expect(printed).toContain(
      "left has [ 'color = blue', 'shape = round' ]\nright has [ 'color = blue', 'shape = round' ]",
    )
    expect(printed).toContain('right may write the color now: false\ntwo hours later: true')
    expect(printed).toContain('anna hears hello anna from bert\nbert hears hello bert')
  })

  test.concurrent("the names of js2p, by require('ts2p')", async () => {
    const printed = await project.run(js2pNames)
    expect(printed).toContain('test key was updated to have value value\nby anna at ')
    expect(printed).toContain('bert may not change it: LeaseHeldError')
    expect(printed).toContain('The association with key test key was deleted, 0 left')
    expect(printed).toContain('broadcast: hello\nanswer: hello yourself')
  })

  test.concurrent('a node that is kept in a folder', async () => {
    expect(await project.run(kept)).toBe(
      'On the disk.\nThe same node: true. The color is green.\nThe lease is still its own: true.\n',
    )
  })
})

test.each([
  ['nodenext', 'nodenext'],
  ['bundler', 'preserve'],
])('their types hold with moduleResolution %s', async (moduleResolution, module) => {
  const options = {
    moduleResolution,
    module,
    strict: true,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    types: ['node'],
  }
  expect(await project.typeCheck(names, { ...options, target: 'es2023', lib: ['es2023'] })).toBe('')
})
