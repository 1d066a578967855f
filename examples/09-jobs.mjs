// A queue of jobs: a lease is a claim, and a job whose worker is gone is claimed by another.
import { LeaseHeldError } from '@ts2p/store'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

/** @typedef {SyncSocket<string, string>} Node */

/** @returns {Node} */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    leaseSeconds: 2, // longer than a job takes, or renew it while it runs
  })
const [boss, anna, bert] = [makeNode(), makeNode(), makeNode()]
await boss.listen()
for (const node of [anna, bert]) await node.connect('127.0.0.1', boss.addresses[0].port)

// The boss writes jobs under keys of its own; who works on one, and what came of it, stands beside it.
for (const number of [1, 2, 3]) boss.set(`job/${number}`, `count to ${number}`)

/**
 * Does jobs until all are done. Two who claim one at the same moment may both begin it: both learn who has it (`lease-lost`), and
 * what a job does outside must bear to be done twice, or ask for the token.
 * @param {Node} node
 * @param {string} name
 * @param {(job: string) => boolean} isDone does a job; false: it gives up in the middle
 */
async function work(node, name, isDone) {
  for (;;) {
    const jobs = [...node.keys()].filter((key) => key.startsWith('job/'))
    const open = jobs.filter((job) => node.get(`claim/${job}`, undefined) !== 'done')
    if (jobs.length === 3 && open.length === 0) return
    for (const job of open) {
      try {
        node.set(`claim/${job}`, name)
        if (!isDone(job)) return
        node.set(`claim/${job}`, 'done')
        console.log(`${name} has done ${job}`)
      } catch (error) {
        if (!(error instanceof LeaseHeldError)) throw error
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const bertSees = new Promise((resolve) => {
  bert.on('update', ({ key }) => key === 'claim/job/2' && resolve(undefined))
})
await work(anna, 'anna', (job) => job !== 'job/2') // gives up in the middle of the second
await bertSees
await work(bert, 'bert', () => true)
await Promise.all([boss, anna, bert].map((node) => node.close()))
