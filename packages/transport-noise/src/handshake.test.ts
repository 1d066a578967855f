import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import vectors from '../vectors/noise-nn.json' with { type: 'json' }
import { CipherState, messagesMax, tagBytes } from './cipher-state.ts'
import { initiate, respond } from './handshake.ts'
import type { Session } from './handshake.ts'
import { NoiseError } from './noise-error.ts'
import { SymmetricState } from './symmetric-state.ts'

function encrypt(cipher: CipherState, payload: Uint8Array): Uint8Array {
  const message = new Uint8Array(payload.length + tagBytes)
  message.set(payload)
  cipher.encryptInPlace(message)
  return message
}

function handshake(options: { prologue?: string; initiatorSecret?: Uint8Array; responderSecret?: Uint8Array } = {}): {
  initiator: Session
  responder: Session
} {
  const prologue = hexToBytes(options.prologue ?? '')
  const { initiatorSecret = new Uint8Array(32).fill(1), responderSecret = new Uint8Array(32).fill(2) } = options
  const initiation = initiate({ secret: initiatorSecret, prologue })
  const { message, session } = respond(initiation.message, { secret: responderSecret, prologue })
  return { initiator: initiation.finish(message), responder: session }
}

describe.each(vectors.sessions)('the published session of $source', (vector) => {
  const payloads = vector.messages.map(({ payload }) => hexToBytes(payload))
  const ciphertexts = vector.messages.map(({ ciphertext }) => ciphertext)
  const prologue = hexToBytes(vector.prologue)

  test('has these bytes, from the first message of the handshake to the last one after it', () => {
    const [first = new Uint8Array(0), second = new Uint8Array(0), ...rest] = payloads
    const initiation = initiate({ secret: hexToBytes(vector.initiatorSecret), prologue, payload: first })
    expect(bytesToHex(initiation.message)).toBe(ciphertexts[0])
    const responderSecret = hexToBytes(vector.responderSecret)
    const { message, session } = respond(initiation.message, { secret: responderSecret, prologue, payload: second })
    expect(bytesToHex(message)).toBe(ciphertexts[1])
    const initiator = initiation.finish(message)
    expect([session.payload, initiator.payload]).toEqual([first, second])
    expect(session.channelBinding).toEqual(initiator.channelBinding)
    expect(bytesToHex(initiator.channelBinding)).toBe(vector.handshakeHash)
    for (const [index, payload] of rest.entries()) {
      const [sender, receiver] = index % 2 === 0 ? [initiator, session] : [session, initiator]
      const ciphertext = encrypt(sender.send, payload)
      expect(bytesToHex(ciphertext)).toBe(ciphertexts[index + 2])
      expect(receiver.receive.decrypt(ciphertext)).toEqual(payload)
    }
  })
})

describe('a handshake', () => {
  test('has another channel binding for every other key on either side', () => {
    const bindings = [
      handshake(),
      handshake({ initiatorSecret: new Uint8Array(32).fill(3) }),
      handshake({ responderSecret: new Uint8Array(32).fill(3) }),
      handshake({ prologue: '00' }),
    ].map(({ initiator }) => bytesToHex(initiator.channelBinding))
    expect(new Set(bindings).size).toBe(4)
  })

  test('fails for the side that began if the prologues differ', () => {
    const initiation = initiate({ secret: new Uint8Array(32).fill(1), prologue: Uint8Array.of(1) })
    const secret = new Uint8Array(32).fill(2)
    const { message } = respond(initiation.message, { secret, prologue: Uint8Array.of(2) })
    expect(() => initiation.finish(message)).toThrow(NoiseError)
  })

  test.each([
    ['zero', ''],
    ['one', '01'],
    ['of order 8', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
    ['the prime', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ])('with a key that makes no secret is refused: %s', (_, hex) => {
    const key = hexToBytes(hex.padEnd(64, '0'))
    const input = { secret: new Uint8Array(32).fill(1), prologue: new Uint8Array(0) }
    expect(() => respond(key, input)).toThrow(NoiseError)
    const answer = new Uint8Array(48)
    answer.set(key)
    expect(() => initiate(input).finish(answer)).toThrow(NoiseError)
  })

  test('of too few bytes is refused', () => {
    const input = { secret: new Uint8Array(32).fill(1), prologue: new Uint8Array(0) }
    expect(() => respond(new Uint8Array(31), input)).toThrow(NoiseError)
    expect(() => initiate(input).finish(new Uint8Array(31))).toThrow(NoiseError)
    expect(() => initiate(input).finish(new Uint8Array(47))).toThrow(NoiseError)
  })

  test('is not begun under a name that is not as long as a hash', () => {
    expect(() => new SymmetricState('Noise_NN_25519_ChaChaPoly_BLAKE2s')).toThrow(RangeError)
  })
})

describe('a cipher', () => {
  test('takes each message once and in its turn', () => {
    const { initiator, responder } = handshake()
    const [a, b] = [encrypt(initiator.send, Uint8Array.of(1)), encrypt(initiator.send, Uint8Array.of(2))]
    expect(responder.receive.decrypt(a)).toEqual(Uint8Array.of(1))
    expect(() => responder.receive.decrypt(a)).toThrow('a message was changed, left out, repeated or moved')
    expect(() => handshake().responder.receive.decrypt(b)).toThrow(NoiseError)
    expect(() => initiator.receive.decrypt(a)).toThrow(NoiseError)
  })

  test('counts beyond 32 bits as Noise does, little-endian', () => {
    const key = new Uint8Array(32).fill(9)
    // What another implementation of ChaCha20-Poly1305 gives for the nonce 00000000 01000000 01000000.
    expect(bytesToHex(encrypt(new CipherState(key, 2 ** 32 + 1), Uint8Array.of(1, 2, 3)))).toBe(
      'e8bcfcb9c453ef537ccdd1caf8fc6cb1a16fc0',
    )
    const [sender, receiver] = [new CipherState(key, 2 ** 32 - 1), new CipherState(key, 2 ** 32 - 1)]
    for (const value of [1, 2, 3]) {
      expect(receiver.decrypt(encrypt(sender, Uint8Array.of(value)))).toEqual(Uint8Array.of(value))
    }
  })

  test('ends long before its nonces do, on both sides', () => {
    const key = new Uint8Array(32).fill(9)
    const [sender, receiver] = [new CipherState(key, messagesMax - 1), new CipherState(key, messagesMax - 1)]
    const last = encrypt(sender, Uint8Array.of(1))
    expect(receiver.decrypt(last)).toEqual(Uint8Array.of(1))
    expect(() => encrypt(sender, Uint8Array.of(1))).toThrow('its keys have served for as many messages as they may')
    expect(() => receiver.decrypt(last)).toThrow('its keys have served for as many messages as they may')
  })
})
