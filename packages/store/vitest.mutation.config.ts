import { packageTests } from '@ts2p/test-config'

const config = packageTests()

/** The tests that ask what becomes of conflicts, cut short: hundreds of mutants run them (`pnpm mutate`). */
const mutation: typeof config = {
  ...config,
  test: {
    ...config.test,
    include: [
      'test/algebra',
      'src/leases/lease-claim',
      'test/every-history',
      'src/leases/lease',
      'src/leases/key-state',
      'src/store',
    ].map((name) => `${name}.test.ts`),
    env: { TS2P_ALGEBRA_SETS: '300', TS2P_HISTORY_WRITES: '2' },
  },
}

export default mutation
