import { packageTests } from '@ts2p/test-config'

// The files in test/ are the tests of @ts2p/base, which runs them.
export default packageTests({ include: ['src/**/*.test.ts'] })
