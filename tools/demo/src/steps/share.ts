import { refusal } from '../remote-node.ts'
import type { Player, Stage } from '../stage.ts'

const key = 'color'

/** A value is set, protected, changed by its owner, deleted. */
export async function share(stage: Stage): Promise<void> {
  await setSeenByAll(stage)
  await refusedOverwrite(stage)
  await changeByOwner(stage)
  await deleteSeenByAll(stage)
}

async function setSeenByAll(stage: Stage): Promise<void> {
  stage.narrator.step('A value set on one node is on all of them')
  await setAndWatch(stage, stage.player('bert'), key, 'blue')
}

async function refusedOverwrite(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.step('What bert has set is his, for the time of a lease')
  narrator.does('dora', `socket.set('${key}', 'red')`)
  const { node } = stage.player('dora')
  const failure = await refusal(node.ask({ do: 'set', key, value: 'red' }))
  narrator.sees('dora', `LeaseHeldError: ${failure?.message ?? 'none'}`)
  narrator.check('the overwrite is refused', failure?.code === 'LEASE_HELD')
  narrator.check('the error names the owner, bert', failure?.message.includes(stage.player('bert').id) ?? false)
  narrator.check('the error says when the lease ends', /until \d{4}-\d\d-\d\dT[\d:.]+Z/.test(failure?.message ?? ''))
  const { entries } = await stage.player('cleo').node.ask({ do: 'look' })
  narrator.check('nothing has changed', new Map(entries).get(key) === 'blue')
}

async function changeByOwner(stage: Stage): Promise<void> {
  stage.narrator.step('Its owner may change it, which renews the lease')
  await setAndWatch(stage, stage.player('bert'), key, 'green')
}

async function deleteSeenByAll(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.step('Its owner may delete it, which gives the lease up')
  const bert = stage.player('bert')
  const others = stage.othersThan('bert')
  const heard = others.map(({ node }) => node.hears('delete', (report) => report.key === key))
  narrator.does('bert', `socket.del('${key}')`)
  await bert.node.ask({ do: 'del', key })
  await Promise.all(heard)
  const looks = await Promise.all(stage.players.map(({ node }) => node.ask({ do: 'look' })))
  narrator.check(
    'no node has it any more',
    looks.every(({ entries }) => !new Map(entries).has(key)),
  )
  narrator.say('And so anyone may set it.')
  await setAndWatch(stage, stage.player('dora'), key, 'red')
  await stage.player('dora').node.ask({ do: 'del', key })
}

/** A node sets a value; everyone else's delay is told. */
export async function setAndWatch(stage: Stage, player: Player, name: string, value: string): Promise<void> {
  const { narrator } = stage
  const others = stage.othersThan(player.node.name)
  const heard = others.map(({ node }) => node.hears('set', (report) => report.key === name && report.value === value))
  narrator.does(player.node.name, `socket.set('${name}', '${value}')`)
  const { at } = await player.node.ask({ do: 'set', key: name, value })
  const reports = await Promise.all(heard)
  others.forEach(({ node }, index) => {
    const delayMs = Number(BigInt(reports[index]?.at ?? at) - BigInt(at)) / 1e6
    narrator.sees(node.name, `has '${value}' after ${delayMs.toFixed(1)} ms`)
  })
  const looks = await Promise.all(stage.players.map(({ node }) => node.ask({ do: 'look' })))
  narrator.check(
    `all ${looks.length} nodes have '${value}'`,
    looks.every(({ entries }) => new Map(entries).get(name) === value),
  )
}
