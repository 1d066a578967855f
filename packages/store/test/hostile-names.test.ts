import { expect, test } from 'vitest'
import { bytes, deliver, replica, start } from './replica.test-helper.ts'

const names = `
  __proto__ constructor prototype toString toLocaleString hasOwnProperty isPrototypeOf
  propertyIsEnumerable valueOf __defineGetter__ __defineSetter__ __lookupGetter__ then length
  __lookupSetter__ toJSON size get set has key value owner undefined null NaN
`
  .trim()
  .split(/\s+/)

/** What two replicas and a third without leases do with a key of this name. */
function outcomeOf(key: string): unknown {
  const [alice, bob, carol] = [replica('alice'), replica('bob'), replica('carol', { leaseSeconds: 0 })]
  const change = alice.set(key, bytes('value'), start)
  const received = deliver(change, start, bob).map(({ outcome }) => outcome)
  const refused = bob.mayWrite(key, start)?.code
  carol.setField(key, key, bytes('field'), start)
  const fields = carol.fields(key)?.get(key)?.join()
  const deleted = deliver(alice.delete(key, start), start, bob).map(({ outcome }) => outcome)
  const sizes = [alice, bob, carol].map((store) => store.size)
  return JSON.stringify([change.effect, received, refused, fields, deleted, sizes, bob.get(key)])
}

test('keys and fields with hostile names are like any other', () => {
  const usual = outcomeOf('usual')
  expect(names.map(outcomeOf)).toEqual(names.map(() => usual))
  expect(replica('alice').get('__proto__')).toBeUndefined()
})

test('owners with hostile names too', () => {
  for (const name of names) {
    const [hostile, bob] = [replica(name), replica('bob')]
    deliver(hostile.set('key', bytes('value'), start), start, bob)
    expect(bob.lease('key')?.owner).toBe(name)
  }
})

test('all this adds nothing to the prototype of objects', () => {
  const before = Reflect.ownKeys(Object.prototype)
  names.forEach(outcomeOf)
  expect(Reflect.ownKeys(Object.prototype)).toEqual(before)
  expect({}).not.toHaveProperty('value')
})

test('nor does it need to: with the prototype frozen it is the same', () => {
  const before = names.map(outcomeOf)
  Object.freeze(Object.prototype)
  expect(names.map(outcomeOf)).toEqual(before)
})
