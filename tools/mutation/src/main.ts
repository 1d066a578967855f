// Every small change of the code that settles conflicts, one by one: the tests must notice. `pnpm mutate`
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'
import { readExplanations } from './explanation.ts'
import { isTested, mutantOf } from './mutant.ts'
import { Score } from './score.ts'

/** What is changed: the orders, leases, and the replay. */
const mutated = [
  'leases/claim-order',
  'leases/lease',
  'leases/key-state',
  'leases/lease-claim',
  'values/last-writer-wins',
].map((name) => `src/${name}.ts`)
const storeFolder = fileURLToPath(new URL('../../../packages/store/', import.meta.url))

const only = process.argv.slice(2).filter((word) => word !== '--')
process.chdir(storeFolder)
const stryker = new Stryker({
  mutate: only.length === 0 ? mutated : only,
  testRunner: 'vitest',
  plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
  // The runner strips types and asks no compiler; the tool would rewrite a tsconfig.json with the API of TypeScript 6.
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Generous: on a busy machine a slow run would pass for one that never ends, and hide a survivor.
  timeoutMS: 15_000,
  reporters: ['progress-append-only'],
  allowConsoleColors: false,
})
const score = new Score((await stryker.runMutationTest()).filter(isTested).map(mutantOf), readExplanations())
console.log(score.toString())
process.exitCode = score.isGood(only.length === 0) ? 0 : 1
