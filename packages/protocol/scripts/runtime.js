// Takes from protobufjs what generated code calls: its reader and its writer, without what our messages do not have (64-bit
// integers, maps, services, base64). Who bundles an application cannot leave that out: any method of a prototype may be called.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'

const root = dirname(createRequire(import.meta.url).resolve('protobufjs/package.json'))
const modules = ['reader', 'writer', 'util/minimal', 'util/utf8', 'util/float', 'util/pool']
const entry = `
  exports.Reader = require('./reader')
  exports.Writer = require('./writer')
  exports.util = require('./util/minimal')
  const { Buffer } = exports.util.global
  const { alloc } = exports.Writer
  // Node reserves memory without clearing it: that is faster when it is more than a pooled buffer is made for.
  if (Buffer) exports.Writer.alloc = (size) => (size > 4096 ? Buffer.allocUnsafe(size) : alloc(size))
`

/**
 * Left out although it is mentioned, where it is never called: all for Node's Buffer, since Uint8Arrays are as fast there; bytes
 * given as base64; and integers of 64 bits, which would bring the package `long`.
 */
const excluded = new Set([
  ...['util.Buffer', 'Reader._configure', 'Writer._configure', 'util.base64', 'util.LongBits', 'util.Long'],
  // Named like others that are called.
  ...['Reader.prototype.string', 'Reader.prototype.float', 'Writer.prototype.float', 'Writer.prototype.raw'],
])

/** The parts of protobufjs that some code calls, as one ES module. */
export async function runtimeOf(callers) {
  const sources = prunedSources(callers)
  const bundle = await rolldown({
    input: 'entry',
    treeshake: { propertyReadSideEffects: false },
    plugins: [
      {
        name: 'protobufjs',
        resolveId: (id, importer) =>
          importer === undefined || importer === 'entry' ? join(id) : join(dirname(importer), id),
        load: (id) => (id === 'entry' ? entry : sources.get(id)),
      },
    ],
  })
  // Without the branches that are dead now, and readable.
  const minify = { compress: true, mangle: false, codegen: false }
  const { output } = await bundle.generate({ format: 'esm', minify })
  return `/*! protobufjs, less what is not used here.\n${readFileSync(join(root, 'LICENSE'), 'utf8')}*/\n${output[0].code}`
}

/** The modules, each with those of its statements `x.name = …` whose names are mentioned: by callers, or by what is kept. */
function prunedSources(callers) {
  const statements = modules.flatMap(statementsOf)
  let kept = statements.filter(({ name }) => name === undefined)
  for (;;) {
    const codes = [...callers, ...kept.map(({ code }) => code)]
    const mentioned = new Set(codes.flatMap((code) => code.match(/(?<=\.)\w+/g) ?? []))
    const more = statements.filter(({ name, target }) => !name || (mentioned.has(name) && !excluded.has(target)))
    if (more.length === kept.length) break
    kept = more
  }
  const codeOf = (name) => kept.filter(({ module }) => module === name).map(({ code }) => code)
  return new Map(modules.map((module) => [module, codeOf(module).join('\n')]))
}

/** The statements of a module; of each `x.name = …` the whole target and the name, but of what the module itself exports. */
function statementsOf(module) {
  const file = readFileSync(join(root, 'src', `${module}.js`), 'utf8')
  // Every engine that runs the rest has them.
  const source = file.replaceAll(/typeof Float\d+Array !== "undefined"/g, 'true')
  return parseAst(source).body.map(({ type, start, end, expression }) => {
    const left =
      type === 'ExpressionStatement' && expression.type === 'AssignmentExpression' ? expression.left : undefined
    const target = left && source.slice(left.start, left.end)
    const name = target === 'module.exports' ? undefined : target?.split('.').at(-1)
    return { module, target, name, code: source.slice(start, end) }
  })
}
