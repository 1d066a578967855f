import { UnreachableError } from '@ts2p/base'
import { Calls, Recorder } from '@ts2p/transport-contract'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import vectors from '../vectors/noise-nn.json' with { type: 'json' }
import { InnerLink } from './inner-link.test-helper.ts'
import { NoiseError } from './noise-error.ts'
import { NoiseLink } from './noise-link.ts'
import type { NoiseRole } from './noise-link.ts'

const prologue = hexToBytes(vectors.link.prologue)
const dialed: NoiseRole = { kind: 'dialed', host: 'far.example', port: 4444 }

/** An encrypted link, what is beneath it, and what it tells. */
function side(role: NoiseRole): { inner: InnerLink; link: NoiseLink; told: Recorder } {
  const inner = new InnerLink()
  const { initiatorSecret, responderSecret } = vectors.link
  const secret = hexToBytes(role.kind === 'dialed' ? initiatorSecret : responderSecret)
  const link = new NoiseLink(inner, role, { secret, prologue })
  const told = new Recorder(link, new Calls())
  inner.above.onOpen()
  return { inner, link, told }
}

/** Two encrypted links whose handshakes are done. */
function pair(): { a: ReturnType<typeof side>; b: ReturnType<typeof side> } {
  const [a, b] = [side(dialed), side({ kind: 'accepted' })]
  b.inner.above.onData(a.inner.take())
  a.inner.above.onData(b.inner.take())
  return { a, b }
}

test('a whole link has the bytes of the vectors, on both sides', () => {
  const sides = { initiator: side(dialed), responder: side({ kind: 'accepted' }) }
  for (const step of vectors.link.steps) {
    const [from, to] =
      step.from === 'initiator' ? [sides.initiator, sides.responder] : [sides.responder, sides.initiator]
    if (step.does === 'writes') from.told.write(hexToBytes(step.plaintext ?? ''))
    if (step.does === 'closes') from.told.close()
    const wire = from.inner.take()
    expect(bytesToHex(wire)).toBe(step.wire)
    const before = to.told.receivedBytes
    to.inner.above.onData(wire)
    expect(to.told.receivedBytes - before).toBe((step.plaintext ?? '').length / 2)
  }
  for (const { link, told } of Object.values(sides)) {
    expect(bytesToHex(link.channelBinding ?? new Uint8Array(0))).toBe(vectors.link.channelBinding)
    expect(told.breaches).toEqual([])
  }
  expect(sides.responder.inner.calls.at(-1)).toBe('close')
  for (const { inner, told } of Object.values(sides)) {
    inner.above.onClose(undefined)
    expect(told.told).toEqual(['open', 'data', 'close'])
    expect(told.error).toBeUndefined()
  }
})

describe('before the handshake is done', () => {
  test('nothing is told, sent or bound, and a drain is nobody’s', () => {
    const a = side(dialed)
    a.told.write(Uint8Array.of(1))
    expect(a.inner.calls).toEqual(['write'])
    a.inner.above.onDrain()
    expect(a.told.told).toEqual([])
    expect(a.link.channelBinding).toBeUndefined()
  })

  test('a pause does not hold it up, and holds afterwards', () => {
    const [a, b] = [side(dialed), side({ kind: 'accepted' })]
    a.told.pause()
    expect(a.inner.calls).toEqual(['write'])
    b.inner.above.onData(a.inner.take())
    a.inner.above.onData(b.inner.take())
    expect(a.inner.calls).toEqual(['write', 'pause'])
    expect(a.told.told).toEqual(['open'])
    a.told.resume()
    expect(a.inner.calls).toEqual(['write', 'pause', 'resume'])
  })

  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: far.example\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001'],
    ['ts2p without encryption', '\u0000\u0000\u0000\u0040\u0008\u0005'],
    ['two bytes', 'ab'],
  ])('a stranger who speaks %s is cut by both sides', (_, text) => {
    for (const role of [dialed, { kind: 'accepted' }] as const) {
      const { inner, told } = side(role)
      inner.above.onData(utf8ToBytes(text))
      expect(inner.calls.at(-1)).toBe('destroy')
      inner.above.onClose(undefined)
      expect(told.told).toEqual(['close'])
      const error = role.kind === 'dialed' ? told.error?.cause : told.error
      expect(error).toBeInstanceOf(NoiseError)
      expect(error).toMatchObject({ code: 'NOISE' })
    }
  })

  test('a dial that comes to nothing is an UnreachableError, whoever ends it', () => {
    const cut = side(dialed)
    cut.inner.above.onClose(undefined)
    expect(cut.told.error).toBeInstanceOf(UnreachableError)
    expect(cut.told.error?.message).toContain('Cannot reach far.example:4444: no encrypted link came about')
    const changed = side(dialed)
    changed.inner.above.onData(new Uint8Array(50).fill(48, 1, 2))
    changed.inner.above.onClose(undefined)
    expect(changed.told.error).toMatchObject({ host: 'far.example', port: 4444, cause: { code: 'NOISE' } })
  })

  test('the error of the link beneath is passed on as it is', () => {
    const error = new Error('lost')
    for (const role of [dialed, { kind: 'accepted' }] as const) {
      const { inner, told } = side(role)
      inner.above.onClose(error)
      expect(told.error).toBe(error)
    }
  })

  test('its end has no error for the side that gave up', () => {
    for (const ending of ['close', 'destroy'] as const) {
      const a = side(dialed)
      a.told[ending]()
      expect(a.inner.calls.at(-1)).toBe('destroy')
      a.inner.above.onClose(undefined)
      expect([a.told.told, a.told.error]).toEqual([['close'], undefined])
    }
  })
})

describe('once it is open', () => {
  test('a link that ends without the other side’s word has an error; what came before was good', () => {
    const { a, b } = pair()
    a.told.write(utf8ToBytes('pay 10'))
    b.inner.above.onData(a.inner.take())
    a.told.write(utf8ToBytes('000'))
    b.inner.above.onClose(undefined)
    expect(b.told.chunks).toEqual([utf8ToBytes('pay 10')])
    expect(b.told.error).toBeInstanceOf(NoiseError)
    expect(b.told.error?.message).toContain('it ended before the other side said so')
  })

  test('nothing of a changed message is told, nor of what comes after it', () => {
    const { a, b } = pair()
    for (const text of ['one', 'two', 'three']) a.told.write(utf8ToBytes(text))
    const bytes = a.inner.take()
    // The first byte of the second message, after the first and both lengths.
    const at = 2 + 3 + 16 + 2
    bytes.set([(bytes[at] ?? 0) ^ 1], at)
    const third = bytes.length - (2 + 5 + 16)
    b.inner.above.onData(bytes.slice(0, third))
    expect(b.inner.calls.at(-1)).toBe('destroy')
    // By itself this one is good.
    b.inner.above.onData(bytes.slice(third))
    b.inner.above.onClose(undefined)
    expect(b.told.chunks).toEqual([utf8ToBytes('one')])
    expect(b.told.error).toBeInstanceOf(NoiseError)
    expect(b.told.told).toEqual(['open', 'data', 'close'])
  })

  test('one write is as few messages as may be, and one write beneath', () => {
    const { a } = pair()
    const before = a.inner.calls.length
    a.told.write(new Uint8Array(65_519), new Uint8Array(0), new Uint8Array(65_519))
    expect(a.inner.calls.slice(before)).toEqual(['write'])
    expect(a.inner.take().length).toBe(2 * (2 + 65_535))
    a.told.write()
    a.told.write(new Uint8Array(0))
    expect(a.inner.calls.slice(before)).toEqual(['write'])
  })

  test('a drain is told of what was written, once', () => {
    const { a } = pair()
    a.inner.above.onDrain()
    expect(a.told.told).toEqual(['open'])
    a.told.write(Uint8Array.of(1))
    a.inner.above.onDrain()
    a.inner.above.onDrain()
    expect(a.told.told).toEqual(['open', 'drain'])
  })

  test('a handler that ends the link hears no more of what has come with it', () => {
    for (const ending of ['close', 'destroy'] as const) {
      const { a, b } = pair()
      b.told.react = (event) => event === 'data' && b.told[ending]()
      for (const text of ['one', 'two', 'three']) a.told.write(utf8ToBytes(text))
      b.inner.above.onData(a.inner.take())
      b.inner.above.onClose(new Error('reset'))
      expect(b.told.chunks).toEqual([utf8ToBytes('one')])
      expect([b.told.told, b.told.error]).toEqual([['open', 'data', 'close'], undefined])
    }
  })

  test('what follows the other side’s last word is not read', () => {
    const { a, b } = pair()
    a.told.close()
    const end = a.inner.take()
    b.inner.above.onData(Uint8Array.from([...end, ...end, 1, 2, 3]))
    b.inner.above.onClose(new Error('reset'))
    expect([b.told.told, b.told.error]).toEqual([['open', 'close'], undefined])
  })
})
