import { expect, test } from 'vitest'
import { noise, SyncSocket, tcp, websocket } from '../src/index.ts'
import type { Transport } from '../src/index.ts'

function dictionary(transport: Transport): SyncSocket<string, string> {
  return new SyncSocket<string, string>({
    transports: [transport],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
  })
}

test.each([
  ['tcp', () => noise(tcp())],
  ['ws', () => noise(websocket())],
])(
  'two nodes share a dictionary over noise+%s, and one without encryption does not get in',
  async (name, encrypted) => {
    const [anna, bert, cleo] = [dictionary(encrypted()), dictionary(encrypted()), dictionary(tcp())]
    await Promise.all([anna.listen(), bert.listen(), cleo.listen()])
    const [address] = anna.addresses
    if (!address) throw new Error('A node that listens has an address.')
    expect(address.transport).toBe(`noise+${name}`)
    const updated = new Promise<string | undefined>((resolve) => {
      bert.once('change', ({ key }) => resolve(bert.get(key)))
    })
    await bert.connect('127.0.0.1', address.port)
    anna.set('greeting', 'hello')
    expect(await updated).toBe('hello')
    await expect(cleo.connect('127.0.0.1', address.port)).rejects.toThrow()
    expect(anna.get('greeting')).toBe('hello')
    await Promise.all([anna.close(), bert.close(), cleo.close()])
  },
)
