import { once } from 'node:events'
import { get } from 'node:http'
import { get as secureGet } from 'node:https'
import { ListenError, UnreachableError } from '@ts2p/base'
import type { Transport } from '@ts2p/base'
import { Stage } from '@ts2p/transport-contract'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { testCertificate } from './certificate.test-helper.ts'
import { secureWebsocket, websocket } from './index.ts'

const certificate = await testCertificate(['127.0.0.1'])

async function listenErrorOf(transport: Transport): Promise<unknown> {
  return transport.listen?.('127.0.0.1', 0, () => undefined).catch((error: unknown) => error)
}

async function failureOf(transport: Transport, dialer: Transport): Promise<Error | undefined> {
  const stage = await Stage.open({ transport, dialer })
  const error = await stage.dial().closed()
  await stage.end()
  return error
}

function openTo(allowOrigin: (origin: string | undefined) => boolean): Promise<Stage> {
  return Stage.open({ transport: websocket({ allowOrigin }), dialer: websocket() })
}

describe('a plain HTTP request', () => {
  test('to a ws port is answered with 426', async () => {
    const stage = await Stage.open({ transport: websocket() })
    const [response] = await once(get({ host: '127.0.0.1', port: stage.port }), 'response')
    expect(response).toMatchObject({ statusCode: 426, headers: { upgrade: 'websocket' } })
    response.resume()
    await once(response, 'close')
    expect(await stage.end()).toEqual([])
  })

  test('to a wss port, too', async () => {
    const stage = await Stage.open({ transport: secureWebsocket({ certificate }) })
    const [response] = await once(secureGet({ host: '127.0.0.1', port: stage.port, ca: certificate.cert }), 'response')
    expect(response).toMatchObject({ statusCode: 426, headers: { upgrade: 'websocket' } })
    response.resume()
    await once(response, 'close')
    expect(await stage.end()).toEqual([])
  })
})

describe('allowOrigin', () => {
  test('lets those in that it allows, and keeps the others out', async () => {
    const stage = await openTo((origin) => origin === 'https://good.example')
    const url = `ws://127.0.0.1:${stage.port}/`
    const good = new WebSocket(url, { origin: 'https://good.example' })
    await once(good, 'open')
    const [error] = await once(new WebSocket(url, { origin: 'https://evil.example' }), 'error')
    expect(String(error)).toContain('403')
    expect(stage.accepted.map(({ told }) => told[0])).toEqual(['open', 'close'])
    good.terminate()
    await stage.end()
  })

  test('is asked about programs, which have no origin; who is refused hears it', async () => {
    const asked: unknown[] = []
    const stage = await openTo((origin) => {
      asked.push(origin)
      return false
    })
    const error = await stage.dial().closed()
    expect(asked).toEqual([undefined])
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error?.message).toContain('it answered with HTTP status 403 instead of a WebSocket')
    const link = await stage.acceptedAt(0)
    await link.closed()
    expect(link.told).toEqual(['close'])
    await stage.end()
  })

  test('refuses when it throws', async () => {
    const stage = await openTo((origin) => new URL(String(origin)).protocol === 'https:')
    expect(await stage.dial().closed()).toBeInstanceOf(UnreachableError)
    await stage.end()
  })
})

describe('certificates of wss', () => {
  test('that nobody vouches for are not trusted, and the dialing side hears why', async () => {
    const error = await failureOf(secureWebsocket({ certificate }), secureWebsocket())
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error?.message).toContain('its certificate is self-signed and not trusted')
  })

  test('nor are those for another host', async () => {
    const other = await testCertificate(['127.0.0.2'])
    const error = await failureOf(secureWebsocket({ certificate: other }), secureWebsocket({ ca: [other.cert] }))
    expect(error?.message).toContain('its certificate is for another host')
  })

  test('verify: none takes any', async () => {
    const stage = await Stage.open({
      transport: secureWebsocket({ certificate }),
      dialer: secureWebsocket({ verify: 'none' }),
    })
    await stage.roundTrip()
    expect(await stage.end()).toEqual([])
  })

  test('are needed to listen, and the error says what to give', async () => {
    const error = await listenErrorOf(secureWebsocket())
    expect(error).toBeInstanceOf(ListenError)
    expect(String(error)).toContain('wss needs a certificate to listen: give the option certificate')
  })

  test('come from a function if that is given, whose failure is that of listening', async () => {
    const stage = await Stage.open({
      transport: secureWebsocket({ certificate: () => Promise.resolve(certificate) }),
      dialer: secureWebsocket({ ca: certificate.cert }),
    })
    await stage.roundTrip()
    await stage.end()
    const cause = new Error('the disk is gone')
    const error = await listenErrorOf(secureWebsocket({ certificate: () => Promise.reject(cause) }))
    expect(error).toBeInstanceOf(ListenError)
    expect(error).toMatchObject({ cause })
  })

  test('are no use to a dialer that meets a port without TLS', async () => {
    const error = await failureOf(websocket(), secureWebsocket({ verify: 'none' }))
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error?.message).toMatch(/it does not speak TLS|the connection was reset/)
  })
})
