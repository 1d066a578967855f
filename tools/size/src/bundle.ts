import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** A bundle as a page would load it. */
export interface Bundle {
  /** Bytes that are loaded at the start, minified; and compressed as servers do. */
  readonly minified: number
  readonly compressed: number
  /** Compressed bytes that are loaded when they are needed, by `import()`. */
  readonly compressedLater: number
  /** Bytes before they are minified of each package that is loaded at the start, the largest first. */
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
  // There are chunks besides the entry only for import(): it imports none, but they may import from it.
  const [entry] = codes.filter(({ isEntry }) => isEntry)
  if (!entry || entry.imports.length > 0)
    throw new Error('The bundler divides what is loaded at the start. Add up its files.')
  const parts = new Map<string, number>()
  for (const [id, { renderedLength }] of Object.entries(entry.modules)) {
    const name = packageOf(id)
    parts.set(name, (parts.get(name) ?? 0) + renderedLength)
  }
  return {
    minified: Buffer.byteLength(entry.code),
    compressed: compressedBytes(entry.code),
    compressedLater: codes.reduce((sum, { code }) => sum + compressedBytes(code), -compressedBytes(entry.code)),
    parts: [...parts].toSorted((a, b) => b[1] - a[1]),
  }
}

function compressedBytes(code: string): number {
  return gzipSync(code, { level: 9 }).length
}

function packageOf(id: string): string {
  const external = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)
  if (external?.[1]) return external[1]
  const own = /packages\/([^/]+)/.exec(id)
  return own?.[1] ? `@ts2p/${own[1]}` : 'the program'
}
