import type { NodeSetup } from '../conversation.ts'
import { refusal } from '../remote-node.ts'
import { leaseSeconds } from '../stage.ts'
import type { Stage } from '../stage.ts'

/** Nodes of other subnets are refused, with the reason. */
export async function strangers(stage: Stage): Promise<void> {
  stage.narrator.step('A node of another subnet is refused, and both sides are told why')
  await refuse(stage, { subnet: 'another application' }, 'the subnet descriptions differ')
  const theirs = leaseSeconds + 1
  await refuse(stage, { leaseSeconds: theirs }, `sync.leases is ${theirs} s here and ${leaseSeconds} s there`)
}

async function refuse(stage: Stage, setup: Partial<NodeSetup>, reason: string): Promise<void> {
  const { narrator } = stage
  const anna = stage.player('anna')
  const { node } = await stage.enter('emil', setup)
  const [option] = Object.entries(setup)
  narrator.say(`emil has ${option?.[0]}: ${JSON.stringify(option?.[1])}.`)
  const told = anna.node.hears('refused')
  narrator.does('emil', `await socket.connect('127.0.0.1', ${anna.ports['tcp'] ?? 0})`)
  const failure = await refusal(node.ask({ do: 'connect', port: anna.ports['tcp'] ?? 0 }))
  narrator.sees('emil', failure?.message ?? 'not refused')
  narrator.sees('anna', (await told).sentence)
  narrator.check(
    `emil is refused, because ${reason}`,
    failure?.code === 'REFUSED_ANOTHER_SUBNET' && failure.message.includes(reason),
  )
  await node.ask({ do: 'close' })
  stage.leave('emil')
}
