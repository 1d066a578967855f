import { LockHeldError, LockLostError, withLock } from '@ts2p/locks'
import type { SyncSocket } from '@ts2p/sync'

/** The recipe of `examples/09-jobs.mjs`, with the default length of leases. */
export async function work(
  node: SyncSocket<string, string>,
  prefix: string,
  perform: (job: string) => void,
): Promise<void> {
  const isOpen = (key: string): boolean => key.startsWith(prefix) && !node.has(`done/${key}`)
  const attempt = (job: string, wait: boolean): Promise<void> =>
    withLock(
      node,
      `claim/${job}`,
      async () => {
        if (!isOpen(job)) return
        await Promise.resolve(perform(job))
        node.set(`done/${job}`, node.id)
      },
      { wait },
    ).catch((error: unknown) => {
      if (!(error instanceof LockHeldError || error instanceof LockLostError)) throw error
    })
  let jobs = [...node.keys()].filter(isOpen)
  for (let wait = false; jobs.length > 0; wait = true, jobs = [...node.keys()].filter(isOpen)) {
    const takeAll = async (): Promise<void> => {
      while (jobs.length > 0) {
        const [job = ''] = jobs.splice(Math.random() * jobs.length, 1)
        // oxlint-disable-next-line no-await-in-loop -- one job after the other
        if (isOpen(job)) await attempt(job, wait)
      }
    }
    // oxlint-disable-next-line no-await-in-loop -- first what is free
    await Promise.all(Array.from({ length: 16 }, takeAll))
  }
}
