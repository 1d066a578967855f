import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { expect, test } from 'vitest'
import { ClosedError, SyncSocket, systemEnvironment, tcp } from '../src/index.ts'

test('close() does not wait for a host that accepts and says nothing', async () => {
  const mute = createServer().listen(0, '127.0.0.1')
  const accepted = once(mute, 'connection')
  await once(mute, 'listening')
  // No timer ends the waiting.
  const environment = { ...systemEnvironment(), setTimer: () => () => undefined }
  const socket = new SyncSocket({ transports: [tcp()], environment })
  const connected = socket.connect('127.0.0.1', (mute.address() as AddressInfo).port)
  const [link] = (await accepted) as [Socket]
  // What it is told it never reads, and so not that it is left either.
  await once(link, 'readable')
  await Promise.all([socket.close(), expect(connected).rejects.toThrow(ClosedError)])
  link.destroy()
  mute.close()
})
