// A queue of jobs: a lock is a claim, and a job whose worker is gone is claimed by another.
import { LockHeldError, withLock } from '@ts2p/locks'
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
  })
const [boss, anna, bert] = [makeNode(), makeNode(), makeNode()]
await boss.listen()
for (const node of [anna, bert]) await node.connect('127.0.0.1', boss.addresses[0].port)
for (const number of [1, 2, 3]) boss.set(`job/${number}`, `count to ${number}`)

/**
 * Does what is free, then waits for what others have. A job must bear to be done twice, or check `claim.token`: in a divided network two have a claim.
 * @param {Node} node
 * @param {string} name
 * @param {(job: string, claim: import('@ts2p/locks').Lock) => Promise<void>} perform
 */
async function work(node, name, perform) {
  const jobs = [...node.keys()].filter((key) => key.startsWith('job/'))
  for (const wait of [false, true]) {
    for (const job of jobs.filter((each) => !node.has(`done/${each}`))) {
      try {
        await withLock(
          node,
          `claim/${job}`,
          async (claim) => {
            if (node.has(`done/${job}`)) return
            await perform(job, claim)
            node.set(`done/${job}`, name) // before the claim is released: the next holder sees both
            console.log(`${name} has done ${job}`)
          },
          { wait, leaseSeconds: 2 }, // the job of a worker that is gone waits for so long
        )
      } catch (error) {
        if (!(error instanceof LockHeldError)) throw error
      }
    }
  }
}

await new Promise((resolve) => anna.on('update', () => anna.has('job/3') && resolve(undefined)))
await new Promise((resolve) => {
  void work(anna, 'anna', async (job) => {
    if (job !== 'job/2') return
    console.log('anna is gone in the middle of job/2')
    resolve(anna.close({ release: false }))
    await new Promise(() => {}) // its process has ended: nothing is released
  })
})
await work(bert, 'bert', async () => {})
await Promise.all([boss, bert].map((node) => node.close()))
