import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { build, defaultClientConditions } from 'vite'

const packagesFolder = fileURLToPath(new URL('../..', import.meta.url))
const page = `import { noise } from '@ts2p/transport-noise'
import { websocket } from '@ts2p/transport-websocket'
console.log(noise(websocket()).dial('127.0.0.1', 4444))
`

test('a page built by vite has nothing of Node in it', async () => {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'ts2p-page-'))
  try {
    await mkdir(join(folder, 'node_modules/@ts2p'), { recursive: true })
    for (const name of ['transport-noise', 'transport-websocket']) {
      // oxlint-disable-next-line no-await-in-loop -- two of them
      await symlink(join(packagesFolder, name), join(folder, 'node_modules/@ts2p', name))
    }
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
    expect(code).toContain('Noise_NN_25519_ChaChaPoly_SHA256')
    expect(code).not.toMatch(/(from|import|import\(|require\() ?['"]node:/)
    expect(modules.some((id) => id.endsWith('noise-link.ts'))).toBe(true)
    expect(modules.filter((id) => /browser-external|__vite-browser|websocket-node/.test(id))).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})
