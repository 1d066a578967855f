import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { build, defaultClientConditions } from 'vite'
import manifest from '../package.json' with { type: 'json' }

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const page = `import { websocket } from '@ts2p/transport-websocket'
console.log(websocket().dial('127.0.0.1', 4444))
`

/** Everything that a source file imports, and what that imports. */
async function importsOf(file: URL, found: Set<string> = new Set()): Promise<Set<string>> {
  const text = await readFile(file, 'utf8')
  for (const [, name = ''] of text.matchAll(/(?:from|import)\s*\(?'([^']+)'/g)) {
    if (found.has(name)) continue
    found.add(name)
    // oxlint-disable-next-line no-await-in-loop -- each file is read once
    if (name.startsWith('.')) await importsOf(new URL(name, file), found)
  }
  return found
}

test('what browsers get imports nothing of Node', async () => {
  const names = await importsOf(new URL('websocket-browser.ts', import.meta.url))
  expect([...names].filter((name) => !name.startsWith('./'))).toEqual(['@ts2p/base'])
})

test('what is built for a platform is what its sources are', () => {
  const { '@ts2p/source': sources, ...built } = manifest.imports['#websocket']
  const files = Object.entries(built).map(([condition, file]) => [
    condition,
    file.replace('/dist/', '/src/').replace(/\.js$/, '.ts'),
  ])
  expect(Object.fromEntries(files)).toEqual(sources)
})

test('a page built by vite has neither ws nor anything of Node in it', async () => {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'ts2p-page-'))
  try {
    await mkdir(join(folder, 'node_modules/@ts2p'), { recursive: true })
    await symlink(packageFolder, join(folder, 'node_modules/@ts2p/transport-websocket'))
    await writeFile(join(folder, 'page.js'), page)
    const output = await build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      resolve: { conditions: ['@ts2p/source', ...defaultClientConditions] },
      build: { write: false, minify: false, rolldownOptions: { input: join(folder, 'page.js') } },
    })
    if (Array.isArray(output) || !('output' in output)) throw new Error('One bundle was expected.')
    const chunks = output.output.filter((each) => each.type === 'chunk')
    const code = chunks.map((chunk) => chunk.code).join('\n')
    const modules = chunks.flatMap((chunk) => chunk.moduleIds)
    expect(code).toContain('new WebSocket(')
    expect(code).not.toMatch(/WebSocketServer|Sec-WebSocket|perMessageDeflate|['"]node:|\brequire\(|\bprocess\./i)
    expect(modules.filter((id) => /node_modules\/ws\/|browser-external|websocket-node/.test(id))).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})
