import { packageTests } from '@ts2p/test-config'

export default packageTests({ workers: 2 })
