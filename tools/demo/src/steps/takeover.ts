import { leaseSeconds } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { setAndWatch } from './share.ts'

const key = 'leader'

/** A lease runs out and another node takes over, with a greater fencing token. */
export async function takeover(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.step('A lease runs out and is taken over')
  narrator.say(
    `Leases of this network last ${leaseSeconds} s (an hour, if nothing is said). bert takes one and falls silent.`,
  )
  const bert = stage.player('bert')
  const expired = bert.node.hears('lease-expired', (report) => report.key === key)
  await setAndWatch(stage, bert, key, 'bert')
  const before = await bert.node.ask({ do: 'lease', key })
  narrator.sees(
    'bert',
    `lease until ${new Date(before?.expiresAt ?? 0).toISOString()}, token ${before?.token ?? 'none'}`,
  )
  await expired
  narrator.sees('bert', `'lease-expired'`)
  const after = await bert.node.ask({ do: 'lease', key })
  narrator.check('nobody holds the key any more', after === undefined)
  const cleo = stage.player('cleo')
  await setAndWatch(stage, cleo, key, 'cleo')
  const taken = await cleo.node.ask({ do: 'lease', key })
  narrator.sees('cleo', `lease until ${new Date(taken?.expiresAt ?? 0).toISOString()}, token ${taken?.token ?? 'none'}`)
  narrator.check('cleo holds the key', taken?.owner === cleo.id)
  narrator.check(
    "cleo's fencing token is greater than bert's: a resource can turn bert away",
    (taken?.token ?? '') > (before?.token ?? ''),
  )
}
