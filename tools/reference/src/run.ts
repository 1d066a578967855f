import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from './folder.ts'
import type { Library } from './folder.ts'

/** Tests of js2p that are left out: the seed has no `apply_delta`. */
const leftOut = 'should apply deltas'

/** The tests wait for fixed times, in which a machine that does much else may not get to a link: they are tried up to six times. */
const patience = ['--timeout', '10000', '--retries', '5']

/** What became of the reference's tests. */
export interface Outcome {
  readonly passed: readonly string[]
  readonly failed: readonly { readonly name: string; readonly message: string }[]
}

/** mocha's JSON report, as far as it is read here. */
interface Report {
  readonly passes: readonly { readonly fullTitle: string }[]
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[]
}

/** Runs js2p's own tests on a library, in a process of its own and in a folder that is removed afterwards. */
export async function runReferenceTests(library: Library): Promise<Outcome> {
  const folder = makeFolder(library)
  try {
    const report = join(folder, 'report.json')
    const mocha = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url))
    const wanted = ['--grep', leftOut, '--invert', '--require', join(folder, 'js_src', 'ports.cjs')]
    const reporter = ['--reporter', 'json', '--reporter-option', `output=${report}`]
    // The build, as users get it: the condition of vitest's workers must not reach the child.
    const { NODE_OPTIONS: _, ...env } = process.env
    const child = spawn(process.execPath, [mocha, '--exit', ...patience, ...wanted, ...reporter, 'js_src/test/*.js'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await once(child, 'exit')
    const { passes, failures } = JSON.parse(readFileSync(report, 'utf8')) as Report
    return {
      passed: passes.map(({ fullTitle }) => fullTitle),
      failed: failures.map(({ fullTitle, err }) => ({ name: fullTitle, message: err.message ?? 'no message' })),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
