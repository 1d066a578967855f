import { copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Inside the package, so that what is left out of the bundle is found. */
const folder = fileURLToPath(new URL('../.test-results/bundle/', import.meta.url))

/**
 * Before the tests: puts the command line, as it is built, into a few files. The tests start some hundred processes, and one that reads two
 * hundred files takes twice as long to start. The files themselves are started by `readme.test.ts`, and by the tests of the examples.
 */
export async function setup(): Promise<void> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('../dist/bin.js', import.meta.url)),
    platform: 'node',
    // What finds files of its own by its place, and what ws does without.
    external: ['@ts2p/inspector', '@ts2p/persistence-level', 'pino', 'bufferutil', 'utf-8-validate'],
  })
  await bundle.write({ dir: `${folder}dist` })
  await bundle.close()
  // The version is read from beside the folder.
  copyFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), `${folder}package.json`)
}
