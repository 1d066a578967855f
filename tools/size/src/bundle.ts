import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** A bundle as a page would load it. */
export interface Bundle {
  /** Bytes, minified; and compressed as servers do. */
  readonly minified: number
  readonly compressed: number
  /** Minified bytes of each package in it, the largest first. */
  readonly parts: readonly (readonly [name: string, bytes: number])[]
}

const entryName = 'virtual:entry'
const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles a program for browsers, from the packages as they are built. */
export async function bundle(program: string): Promise<Bundle> {
  const output = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entryName ? id : undefined),
        load: (id) => (id === entryName ? program : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      // Not `lib`: that leaves white space for others to remove.
      rollupOptions: { input: entryName, output: { format: 'es' } },
      modulePreload: false,
    },
  })
  const chunks = [output].flat().flatMap((each) => ('output' in each ? each.output : []))
  const codes = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? [chunk] : []))
  const code = codes.map((chunk) => chunk.code).join('\n')
  const parts = new Map<string, number>()
  for (const { modules } of codes) {
    for (const [id, { renderedLength }] of Object.entries(modules)) {
      const name = packageOf(id)
      parts.set(name, (parts.get(name) ?? 0) + renderedLength)
    }
  }
  return {
    minified: Buffer.byteLength(code),
    compressed: gzipSync(code, { level: 9 }).length,
    parts: [...parts].toSorted((a, b) => b[1] - a[1]),
  }
}

function packageOf(id: string): string {
  const external = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)
  if (external?.[1]) return external[1]
  const own = /packages\/([^/]+)/.exec(id)
  return own?.[1] ? `@ts2p/${own[1]}` : 'the program'
}
