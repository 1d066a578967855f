// Generates generated/*.js and *.d.ts from proto/v1/*.proto: one module per layer, so that tree shaking can leave one out.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { lean } from './lean.js'
import { runtimeOf } from './runtime.js'

const require = createRequire(import.meta.url)
const pbjs = promisify(require('protobufjs-cli/pbjs').main)
const pbts = promisify(require('protobufjs-cli/pbts').main)

const root = new URL('..', import.meta.url)
const path = (name) => fileURLToPath(new URL(name, root))
const layers = ['envelope', 'handshake', 'mesh', 'sync']
const options = [
  ...['-t', 'static-module', '-w', 'esm', '--es6', '--dependency', './protobufjs.js'],
  ...[
    '--no-service',
    '--no-delimited',
    '--no-typeurl',
    '--no-verify',
    '--no-convert',
    '--no-create',
    '--null-semantics',
  ],
]

/** Replaces a text that must be there: if the generator's output changes, this fails and not the user's program. */
function replaceAll(source, text, replacement) {
  if (!source.includes(text)) throw new Error(`pbjs no longer writes ${JSON.stringify(text)}: look at its output again`)
  return source.replaceAll(text, replacement)
}

rmSync(path('generated'), { recursive: true, force: true })
mkdirSync(path('generated'))
const scratch = mkdtempSync(join(tmpdir(), 'ts2p-generate-'))
const codes = []
for (const layer of layers) {
  const proto = path(`proto/v1/${layer}.proto`)
  // The types are made from the comments.
  const commented = join(scratch, `${layer}.commented.js`)
  await pbjs([...options, '-o', commented, proto])
  await pbts(['-o', path(`generated/${layer}.d.ts`), commented])
  const plain = join(scratch, `${layer}.js`)
  await pbjs([...options, '--no-comments', '-o', plain, proto])
  let code = readFileSync(plain, 'utf8')
  // Generated roots are process-global by default, and two modules would overwrite each other's messages.
  code = replaceAll(code, '$protobuf.roots["default"] || ($protobuf.roots["default"] = {})', '{}')
  // An absent bytes field must be a Uint8Array in Node too, not a Buffer.
  codes.push(replaceAll(code, '$util.newBuffer([])', 'new Uint8Array(0)'))
}
rmSync(scratch, { recursive: true })
const modules = lean(codes)
layers.forEach((layer, index) => writeFileSync(path(`generated/${layer}.js`), modules[index]))
// What src/ calls of it.
const called = ['writer.finish()']
writeFileSync(path('generated/protobufjs.js'), await runtimeOf([...modules, ...called]))
