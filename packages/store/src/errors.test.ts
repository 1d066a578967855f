import { expect, test } from 'vitest'
import { InvalidKeyError, LeaseContestedError, LeaseHeldError } from './index.ts'
import { bytes, deliver, replica, start } from '../test/replica.test-helper.ts'

/** The error that a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}

test('a lease that is held: which key, by whom, until when, and what can be done', () => {
  const [alice, bob] = [replica('alice'), replica('bob')]
  deliver(alice.set('key', bytes('hers'), start), start, bob)
  const error = thrownBy(() => bob.set('key', bytes('his'), start))
  expect(error).toBeInstanceOf(LeaseHeldError)
  expect(error).toMatchObject({
    name: 'LeaseHeldError',
    code: 'LEASE_HELD',
    key: bytes('key'),
    owner: 'alice',
    expiresAt: start + 3_601_000,
    message:
      'The key "key" is leased by alice until 2027-01-15T09:00:01.000Z. ' +
      'Write it once the lease has run out, or ask its holder to delete it.',
  })
})

test('a key is shown as a text if it is one, else in hex, and not at any length', () => {
  expect(sentenceOn(new TextEncoder().encode('测试\n'))).toMatch(
    /^The key "测试\\n" was not written: a claim of bob wins/,
  )
  expect(sentenceOn(Uint8Array.of(255, 0))).toMatch(/^The key 0xff00 was not written/)
  expect(sentenceOn(new Uint8Array(1000).fill(97))).toMatch(/^The key "a{64}"… \(1000 bytes\) was not written/)
})

test('keys that are none', () => {
  const alice = replica('alice')
  expect(thrownBy(() => alice.set('', bytes('value'), start))).toMatchObject({
    code: 'INVALID_KEY',
    message: 'This is not a key: it is empty. Give at least one byte, and encode a text to UTF-8 first.',
  })
  expect(thrownBy(() => alice.set('k测', bytes('value'), start))).toBeInstanceOf(InvalidKeyError)
  expect(alice.delete('', start)).toBeUndefined()
})

test('keys, fields and values that are too large', () => {
  const alice = replica('alice', { leaseSeconds: 0 })
  const tooLarge = { code: 'KEY_TOO_LARGE', bytes: 1025, bytesMax: 1024 }
  expect(thrownBy(() => alice.set('k'.repeat(1025), bytes('value'), start))).toMatchObject(tooLarge)
  expect(thrownBy(() => alice.setField('key', 'f'.repeat(1025), bytes('value'), start))).toMatchObject(tooLarge)
  expect(thrownBy(() => alice.set('key', new Uint8Array(1_048_577), start))).toMatchObject({
    code: 'VALUE_TOO_LARGE',
    bytes: 1_048_577,
    bytesMax: 1_048_576,
    message: 'The value has 1048577 bytes; 1048576 are allowed. Divide it over several keys.',
  })
  expect(alice.set('k'.repeat(1024), new Uint8Array(1_048_576), start).effect).toBe('update')
})

test('a full store, and fields under leases', () => {
  const alice = replica('alice', { limits: { keysMax: 0 } })
  expect(thrownBy(() => alice.set('key', bytes('value'), start))).toMatchObject({
    code: 'STORE_FULL',
    limit: 'keysMax',
    max: 0,
    message: 'The store is full: keysMax is 0. Delete what is not needed, or raise the limit.',
  })
  expect(thrownBy(() => alice.setField('key', 'field', bytes('value'), start))).toMatchObject({
    code: 'FIELDS_UNAVAILABLE',
  })
})

function sentenceOn(key: Uint8Array): string {
  return new LeaseContestedError({ key, owner: 'bob' }).message
}
