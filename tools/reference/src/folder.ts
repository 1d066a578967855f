import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the reference's tests run on: ts2p, or the reference itself. */
export type Library = 'ts2p' | 'js2p'

/** A text that is replaced, and how often it must be there: an edit that does not fit must not go unnoticed. */
type Edit = readonly [pattern: RegExp, replacement: string, count: number]

/**
 * The ports are chosen by the operating system, and not by the tests. Their time-outs are 0 by a slip, which means none: a test that gets
 * no answer would never end.
 */
const always = ({ ports, timeouts }: { ports: number; timeouts: number }): Edit[] => [
  [/^var start_port = \d+;$/gm, "const { nextPort } = require('../ports.cjs');", 1],
  [/start_port\+\+/g, 'nextPort()', ports],
  [/^ *this\.timeout\(.*\);\n/gm, '', timeouts],
]

/** Values of MessagePack, which js2p takes since 0.7: an array and a number, and what is asserted of them. */
const valuesOfMessagePack: readonly Edit[] = [
  [/^ *'(array|number)': (\[1,2,3,4,5,6,7,8,9\],|256)\n/gm, '', 2],
  [/^.*get\('(array|number)'\).*\n/gm, '', 4],
]

/**
 * Makes a folder in which the tests of the installed js2p run on a library: `js_src/test` has the tests, and `js_src` what they load,
 * the library under the names of js2p 0.7. Nothing of js2p is in this repository.
 */
export function makeFolder(library: Library): string {
  const folder = mkdtempSync(join(tmpdir(), 'ts2p-reference-'))
  const sources = join(folder, 'js_src')
  mkdirSync(join(sources, 'test'), { recursive: true })
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ours(`node_modules/${library}`), join(folder, 'node_modules', library), 'dir')
  cpSync(ours(`shim/${library}`), sources, { recursive: true })
  cpSync(ours('shim/ports.cjs'), join(sources, 'ports.cjs'))
  const copy = (name: string, edits: readonly Edit[]): void => {
    const original = readFileSync(ours(`node_modules/js2p/js_src/test/${name}`), 'utf8')
    writeFileSync(join(sources, 'test', name), edits.reduce(edited, original))
  }
  copy('test_mesh.js', always({ ports: 6, timeouts: 5 }))
  copy('test_sync.js', [...always({ ports: 5, timeouts: 3 }), ...valuesOfMessagePack])
  return folder
}

/** @throws {Error} The text is not what the edit is for. */
function edited(text: string, [pattern, replacement, count]: Edit): string {
  const found = text.match(pattern)?.length ?? 0
  if (found !== count) throw new Error(`js2p's tests are others: ${pattern} is there ${found} times, not ${count}.`)
  return text.replace(pattern, replacement)
}

function ours(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}
