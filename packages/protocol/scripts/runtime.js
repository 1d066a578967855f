// Takes from protobufjs what generated code calls: its reader and its writer, without what our messages do not have (64-bit
// integers, maps, services, base64). Who bundles an application cannot leave that out: any method of a prototype may be called.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'

const root = dirname(createRequire(import.meta.url).resolve('protobufjs/package.json'))
const modules = ['reader', 'writer', 'util/minimal', 'util/utf8', 'util/float', 'util/pool']
const entry = ['Reader = require("./reader")', 'Writer = require("./writer")', 'util = require("./util/minimal")']

/**
 * Left out although it is mentioned, where it is never called: Node's Buffer, since Uint8Arrays do as well there; bytes given
 * as base64; and integers of 64 bits, which would bring the package `long`.
 */
const excluded = new Set(['Buffer', '_configure', 'base64', 'LongBits', 'Long'])

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
        load: (id) => (id === 'entry' ? entry.map((each) => `exports.${each}`).join('\n') : sources.get(id)),
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
  const statements = modules.flatMap((module) => {
    // Every engine that runs the rest has them.
    const source = readFileSync(join(root, 'src', `${module}.js`), 'utf8').replaceAll(
      /typeof Float\d+Array !== "undefined"/g,
      'true',
    )
    return parseAst(source).body.map((node) => ({
      module,
      name: nameGiven(node),
      code: source.slice(node.start, node.end),
    }))
  })
  let kept = statements.filter(({ name }) => name === undefined)
  for (;;) {
    const mentioned = new Set(
      [...callers, ...kept.map(({ code }) => code)].flatMap((code) => code.match(/(?<=\.)\w+/g) ?? []),
    )
    const more = statements.filter(({ name }) => name === undefined || (mentioned.has(name) && !excluded.has(name)))
    if (more.length === kept.length) break
    kept = more
  }
  const codeOf = (name) => kept.filter(({ module }) => module === name).map(({ code }) => code)
  return new Map(modules.map((module) => [module, codeOf(module).join('\n')]))
}

/** The name in `x.name = …`; undefined for other statements, and for what a module exports as a whole. */
function nameGiven({ type, expression }) {
  if (type !== 'ExpressionStatement' || expression.type !== 'AssignmentExpression') return undefined
  const { left } = expression
  return left.type === 'MemberExpression' && left.property.name !== 'exports' ? left.property.name : undefined
}
