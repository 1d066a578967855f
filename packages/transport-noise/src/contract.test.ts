import { transportContract } from '@ts2p/transport-contract'
import { tcp } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'
import { noise } from './index.ts'

transportContract('noise over tcp', () => ({ transport: noise(tcp()) }))
transportContract('noise over ws', () => ({ transport: noise(websocket()) }))
