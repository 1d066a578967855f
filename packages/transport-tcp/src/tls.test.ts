import { ListenError, UnreachableError } from '@ts2p/base'
import type { Transport } from '@ts2p/base'
import { Stage } from '@ts2p/transport-contract'
import { expect, test } from 'vitest'
import { selfSignedCertificate, tcp, tls } from './index.ts'

const ofThisHost = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
const anywhere = { host: '127.0.0.1', port: 0 }

/** How a dial of a listener ends. */
async function failureOf(transport: Transport, dialer: Transport): Promise<Error | undefined> {
  const stage = await Stage.open({ transport, dialer })
  const error = await stage.dial().closed()
  await stage.end()
  return error
}

async function listenErrorOf(transport: Transport): Promise<unknown> {
  return transport.listen?.(anywhere.host, anywhere.port, () => undefined).catch((error: unknown) => error)
}

test('a certificate that nobody vouches for is not trusted, and the dialing side hears why', async () => {
  const error = await failureOf(tls({ certificate: ofThisHost }), tls({}))
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error?.message).toContain('its certificate is self-signed and not trusted')
})

test('neither is one of another node', async () => {
  const ofAnotherNode = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
  const error = await failureOf(tls({ certificate: ofThisHost }), tls({ ca: [ofAnotherNode.cert] }))
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error?.message).toContain('its certificate is self-signed and not trusted')
})

test('nor one for another host', async () => {
  const ofAnotherHost = await selfSignedCertificate({ hosts: ['node.example'] })
  const error = await failureOf(tls({ certificate: ofAnotherHost }), tls({ ca: ofAnotherHost.cert }))
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error?.message).toContain('its certificate is for another host')
})

test('nor one that has expired', async () => {
  const old = await selfSignedCertificate({ hosts: ['127.0.0.1'], days: -0.5 })
  const error = await failureOf(tls({ certificate: old }), tls({ ca: old.cert }))
  expect(error?.message).toContain('its certificate has expired')
})

test('two nodes that were given each other’s certificates link in both directions', async () => {
  const [anna, bert] = [await selfSignedCertificate({ hosts: ['127.0.0.1'] }), ofThisHost]
  const trusted = [anna.cert, bert.cert]
  for (const certificate of [anna, bert]) {
    const stage = await Stage.open({ transport: tls({ certificate }), dialer: tls({ ca: trusted }) })
    await stage.roundTrip()
    expect(await stage.end()).toEqual([])
  }
})

test('verify: none takes any certificate', async () => {
  const stage = await Stage.open({ transport: tls({ certificate: ofThisHost }), dialer: tls({ verify: 'none' }) })
  await stage.roundTrip()
  expect(await stage.end()).toEqual([])
})

test('a ca that is no certificate is told, not thrown', async () => {
  const error = await failureOf(tls({ certificate: ofThisHost }), tls({ ca: '-----BEGIN CERTIFICATE-----\nno' }))
  expect(error).toBeInstanceOf(UnreachableError)
})

test('a port that speaks no TLS is an UnreachableError that says so', async () => {
  const stage = await Stage.open({ transport: tcp(), dialer: tls({ verify: 'none' }) })
  const dialed = stage.dial()
  const accepted = await stage.acceptedAt(0)
  await accepted.opened()
  accepted.write(new TextEncoder().encode('220 mail.example\r\n'))
  const error = await dialed.closed()
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error?.message).toContain('it does not speak TLS')
  await stage.end()
})

test('without a certificate there is no listening, and the error says what to give', async () => {
  const error = await listenErrorOf(tls({}))
  expect(error).toBeInstanceOf(ListenError)
  expect(String(error)).toContain('TLS needs a certificate to listen: give the option certificate')
})

test('a function that makes the certificate is called when listening begins', async () => {
  let calls = 0
  const transport = tls({
    certificate: () => {
      calls += 1
      return Promise.resolve(ofThisHost)
    },
  })
  expect(calls).toBe(0)
  const stage = await Stage.open({ transport, dialer: tls({ ca: ofThisHost.cert }) })
  expect(calls).toBe(1)
  await stage.roundTrip()
  await stage.end()
})

test('if it fails, so does listening', async () => {
  const cause = new Error('the disk is gone')
  const error = await listenErrorOf(tls({ certificate: () => Promise.reject(cause) }))
  expect(error).toBeInstanceOf(ListenError)
  expect(error).toMatchObject({ cause, ...anywhere })
  expect(String(error)).toContain('the disk is gone')
})

test('a certificate that is none cannot be listened with', async () => {
  const error = await listenErrorOf(tls({ certificate: { key: 'no', cert: 'no' } }))
  expect(error).toBeInstanceOf(ListenError)
  expect(String(error)).toContain('its certificate cannot be used')
})

test('an option that there is not is refused, and so are no options', () => {
  const argument = 'options.certficate'
  expect(() => tls({ certficate: ofThisHost } as never)).toThrow(
    expect.objectContaining({ code: 'ARGUMENT', argument }),
  )
  expect(() => tls(undefined as never)).toThrow('options must be an object, not undefined.')
})
