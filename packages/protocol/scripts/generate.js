// Generates generated/*.js and *.d.ts from proto/v1/*.proto: one module per layer, so that tree shaking can leave one out.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const require = createRequire(import.meta.url)
const pbjs = promisify(require('protobufjs-cli/pbjs').main)
const pbts = promisify(require('protobufjs-cli/pbts').main)

const root = new URL('..', import.meta.url)
const path = (name) => fileURLToPath(new URL(name, root))
const layers = ['envelope', 'handshake', 'mesh', 'sync']
const options = [
  ...['-t', 'static-module', '-w', 'esm', '--es6', '--dependency', 'protobufjs/minimal.js'],
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

mkdirSync(path('generated'), { recursive: true })
for (const layer of layers) {
  const proto = path(`proto/v1/${layer}.proto`)
  const commented = path(`generated/${layer}.commented.js`)
  await pbjs([...options, '-o', commented, proto])
  await pbts(['-o', path(`generated/${layer}.d.ts`), commented])
  const code = path(`generated/${layer}.js`)
  await pbjs([...options, '--no-comments', '-o', code, proto])
  let source = readFileSync(code, 'utf8')
  // Generated roots are process-global by default, and two modules would overwrite each other's messages.
  source = replaceAll(source, '$protobuf.roots["default"] || ($protobuf.roots["default"] = {})', '{}')
  // An absent bytes field must be a Uint8Array in Node too, not a Buffer.
  source = replaceAll(source, '$util.newBuffer([])', 'new Uint8Array(0)')
  writeFileSync(code, source)
}
