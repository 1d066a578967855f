import { AddressInUseError, ListenError, UnreachableError } from '@ts2p/base'
import { expect } from 'vitest'
import type { StagedTest } from './stage.ts'

/** Codes of the platform, which no user should have to read. */
const jargon = /\bE[A-Z]{4,}|ERR_|getaddrinfo|errno/

export function addressContract(staged: StagedTest): void {
  staged('port 0 gives a free port', async (stage) => {
    const second = await stage.listen()
    expect(stage.listener.host).toBe('127.0.0.1')
    expect(stage.port).toBeGreaterThan(0)
    expect(second.port).toBeGreaterThan(0)
    expect(second.port).not.toBe(stage.port)
  })

  staged('each side knows the other’s host', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    expect([dialed.remoteHost, accepted.remoteHost]).toEqual(['127.0.0.1', '127.0.0.1'])
    expect([undefined, '127.0.0.1']).toContain(dialed.remoteIp)
  })

  staged('a port in use is an AddressInUseError', async (stage) => {
    const { port } = stage
    const error: unknown = await stage.listen({ port }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AddressInUseError)
    expect(error).toMatchObject({ code: 'ADDRESS_IN_USE', host: '127.0.0.1', port })
    await stage.roundTrip()
  })

  for (const [title, address] of [
    ['an address of another machine', { host: '192.0.2.1' }],
    ['a port that there cannot be', { port: 65_536 }],
  ] as const) {
    staged(`${title} cannot be listened on: ListenError`, async (stage) => {
      const error: unknown = await stage.listen(address).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ListenError)
      expect(error).toMatchObject({ code: 'LISTEN_FAILED', host: '127.0.0.1', ...address })
      expect(String(error)).not.toMatch(jargon)
    })
  }

  staged('a port at which nobody listens is an UnreachableError', async (stage) => {
    const gone = await stage.listen()
    await gone.close()
    const error = await stage.dial({ port: gone.port }).closed()
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error).toMatchObject({ code: 'UNREACHABLE', host: '127.0.0.1', port: gone.port })
    expect(String(error)).toContain(stage.refusal)
    expect(String(error)).not.toMatch(jargon)
  })

  for (const [title, address] of [
    ['a host that there is not', { host: 'nobody.invalid' }],
    ['a host with a path', { host: 'nobody.invalid/path' }],
    ['a host with a space', { host: 'no body' }],
    ['a port that there cannot be', { port: 65_536 }],
  ] as const) {
    staged(`${title} is an UnreachableError, told and not thrown`, async (stage) => {
      const dialed = stage.dial(address)
      const error = await dialed.closed()
      expect(error).toBeInstanceOf(UnreachableError)
      expect(error).toMatchObject({ code: 'UNREACHABLE', host: '127.0.0.1', ...address })
      expect(String(error)).not.toMatch(jargon)
      expect(dialed.told).toEqual(['close'])
    })
  }

  staged('a listener that closes frees its port and keeps its links', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    const { port } = stage
    await stage.listener.close()
    await stage.listener.close()
    expect(await stage.dial().closed()).toBeInstanceOf(UnreachableError)
    await stage.listen({ port })
    await stage.roundTrip()
    dialed.write(Uint8Array.of(1))
    await accepted.received(1)
    accepted.write(Uint8Array.of(2))
    await dialed.received(1)
  })
}
