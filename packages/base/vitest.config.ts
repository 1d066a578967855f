import { packageTests } from '@ts2p/test-config'

// The tests of whole sockets need the simulator, which stands on this package: they are run where they stand.
export default packageTests({ include: ['src/**/*.test.ts', '../../tools/simulator/test/**/*.test.ts'] })
