// A queue of jobs: a lock is a claim, and a job whose worker is gone is claimed by another.
import { LockHeldError, LockLostError, withLock } from '@ts2p/locks'
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
 * @param {Node} node @param {string} name @param {(job: string, claim: import('@ts2p/locks').Lock) => Promise<void>} perform
 */
async function work(node, name, perform) {
  const isOpen = (/** @type {string} */ key) => key.startsWith('job/') && !node.has(`done/${key}`)
  /** @param {string} job @param {boolean} wait */
  const attempt = (job, wait) =>
    withLock(
      node,
      `claim/${job}`,
      async (claim) => {
        if (!isOpen(job)) return
        await perform(job, claim)
        node.set(`done/${job}`, name) // before the claim is released: the next holder sees both
        console.log(`${name} has done ${job}`)
      },
      { wait, leaseSeconds: 4 }, // the job of a worker that is gone waits for so long; 10 s if nothing is said
    ).catch((error) => {
      if (!(error instanceof LockHeldError || error instanceof LockLostError)) throw error
    })
  let jobs = [...node.keys()].filter(isOpen)
  for (let wait = false; jobs.length > 0; wait = true, jobs = [...node.keys()].filter(isOpen)) {
    const takeAll = async () => {
      while (jobs.length > 0) {
        const [job = ''] = jobs.splice(Math.random() * jobs.length, 1) // others begin elsewhere
        if (isOpen(job)) await attempt(job, wait)
      }
    }
    await Promise.all(Array.from({ length: 16 }, takeAll)) // 16 at a time: each claim takes a moment to settle
  }
}

await new Promise((resolve) => anna.on('change', () => anna.has('job/3') && resolve(undefined)))
await new Promise((resolve) => {
  const crash = () => (resolve(anna.close({ release: false })), new Promise(() => {})) // its process has ended: nothing is released
  work(anna, 'anna', crash).catch(() => console.log('anna is gone in the middle of its jobs'))
})
await work(bert, 'bert', async () => {})
await Promise.all([boss, bert].map((node) => node.close()))
