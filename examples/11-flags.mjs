// Feature flags: every node has them in memory, hears of a change in a moment, and decides alike for the same user.
import { createHash } from 'node:crypto'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

/** @typedef {{ percent: number, why?: string }} Flag */

/** @returns {SyncSocket<string, Flag>} */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'json',
    leasing: false, // anybody may change a flag, and the last write wins; the same on every node
  })
const [operator, shop, mail] = [makeNode(), makeNode(), makeNode()]
await operator.listen()
for (const node of [shop, mail]) await node.connect('127.0.0.1', operator.addresses[0].port)

/**
 * Whether a flag is on for a user. Of the users it is on for, those stay who were there when it was on for fewer. A read is
 * a look into memory: ask each time, and keep no copy. A flag that nobody has set, or not yet heard of, is off.
 * @param {typeof shop} node
 * @param {string} name
 * @param {string} user
 */
function isOn(node, name, user) {
  const { percent } = node.get(`flag/${name}`, { percent: 0 })
  const hash = createHash('sha256').update(`${name} ${user}`).digest()
  return hash.readUInt32BE() / 2 ** 32 < percent / 100
}

const users = Array.from({ length: 1000 }, (_, number) => `user ${number}`)
/** @param {typeof shop} node */
const count = (node) => users.filter((user) => isOn(node, 'new-checkout', user)).length

/** @param {typeof shop} node @param {number} percent */
async function heardBy(node, percent) {
  const key = 'flag/new-checkout'
  for await (const change of node.watch(key, { initial: true })) {
    if (change.type === 'set' && change.value.percent === percent) return
  }
}

console.log(`not set: on for ${count(shop)} of ${users.length}`)
for (const percent of [20, 100]) {
  // Only this field: what somebody else says of `why` at the same moment is kept.
  operator.applyDelta('flag/new-checkout', { percent })
  await Promise.all([shop, mail].map((node) => heardBy(node, percent)))
  const areAlike = users.every((user) => isOn(shop, 'new-checkout', user) === isOn(mail, 'new-checkout', user))
  console.log(`${percent} %: on for ${count(shop)} of ${users.length}, alike on both: ${areAlike}`)
}
mail.applyDelta('flag/new-checkout', { percent: 0, why: 'orders fail' }) // any node can pull the cord
await heardBy(shop, 0)
console.log(`off again, since ${shop.get('flag/new-checkout')?.why}: on for ${count(shop)}`)
await Promise.all([operator, shop, mail].map((node) => node.close()))
