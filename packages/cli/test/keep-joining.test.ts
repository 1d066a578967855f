import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { keepJoining } from '../src/running/keep-joining.ts'

test('a node that was closed does not go on to join', async () => {
  const socket = new SyncSocket({ transports: [tcp()] })
  await socket.close()
  const { signal } = new AbortController()
  const addresses = [{ host: '127.0.0.1', port: 1, transport: 'tcp' as const, isTls: false }]
  const joining = { addresses, transportOf: () => 'tcp', log: pino({ level: 'silent' }), signal }
  await expect(keepJoining(socket, joining)).rejects.toMatchObject({ code: 'CLOSED' })
})
