import { connect, createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { Stage } from './stage.ts'
import type { Subject } from './stage.ts'

/** The channel bindings of both ends of a new link. */
async function bindingsOf(stage: Stage): Promise<(Uint8Array | undefined)[]> {
  const { dialled, accepted } = await stage.pair()
  return [dialled, accepted].map(({ channelBinding }) => channelBinding)
}

/** What a transport over TLS must tell of its channels (RFC 9266), and the same transport without TLS must not. */
export function channelBindingContract(options: {
  readonly encrypted: Subject
  readonly plain: Subject
  readonly certificate: { readonly key: string; readonly cert: string }
  readonly channelBindingOf: (socket: TLSSocket) => Uint8Array | undefined
}): void {
  const { encrypted, plain, certificate, channelBindingOf } = options

  test('both ends of an encrypted link have the same channel binding, and two links have two', async () => {
    const stage = await Stage.open(encrypted)
    const [first, second] = [await bindingsOf(stage), await bindingsOf(stage)]
    expect(first[0]).toHaveLength(32)
    expect(first[0]).toEqual(first[1])
    expect(second[0]).toEqual(second[1])
    expect(first[0]).not.toEqual(second[0])
    expect(await stage.end()).toEqual([])
  })

  test('a link has none before it is open, and one without encryption none at all', async () => {
    const stage = await Stage.open(encrypted)
    expect(stage.dial().channelBinding).toBeUndefined()
    await stage.end()
    const open = await Stage.open(plain)
    expect(await bindingsOf(open)).toEqual([undefined, undefined])
    await open.end()
  })

  test('TLS 1.2 has none: it would need an extension of which Node does not tell', async () => {
    const server = createServer({ ...certificate, maxVersion: 'TLSv1.2' })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const accepted: Promise<[TLSSocket]> = once(server, 'secureConnection') as Promise<[TLSSocket]>
    const socket = connect({ host: '127.0.0.1', port, ca: certificate.cert })
    await once(socket, 'secureConnect')
    expect(socket.getProtocol()).toBe('TLSv1.2')
    expect(channelBindingOf(socket)).toBeUndefined()
    const [other] = await accepted
    expect(channelBindingOf(other)).toBeUndefined()
    socket.destroy()
    other.destroy()
    server.close()
  })

  test('whoever speaks no TLS after 1.2 is not spoken to', async () => {
    const stage = await Stage.open(encrypted)
    const socket = connect({ host: '127.0.0.1', port: stage.port, ca: certificate.cert, maxVersion: 'TLSv1.2' })
    const [error] = (await once(socket, 'error')) as [Error]
    expect(String(error)).toMatch(/protocol version|ECONNRESET|EPROTO/)
    await stage.end()
  })
}
