import { packageTests } from '@ts2p/test-config'

const config = packageTests()

/** The tests that ask what becomes of conflicts, cut short: hundreds of mutants run them (`pnpm mutate`). */
const mutation: typeof config = {
  ...config,
  test: {
    ...config.test,
    include: ['algebra', 'claim', 'every-history', 'lease', 'ledger', 'store'].map((name) => `src/${name}.test.ts`),
    env: { TS2P_ALGEBRA_SETS: '300', TS2P_HISTORY_WRITES: '2' },
  },
}

export default mutation
