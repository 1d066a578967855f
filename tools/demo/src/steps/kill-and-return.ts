import type { Stage } from '../stage.ts'

/** A process is killed, the others go on, and it returns and catches up. */
export async function killAndReturn(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.step('A process is killed, comes back and catches up')
  const anna = stage.player('anna')
  await anna.node.ask({ do: 'set', key: 'before', value: 'written while cleo was there' })
  narrator.say(`kill -9 ${stage.player('cleo').node.pid}`)
  await stage.player('cleo').node.kill()
  stage.leave('cleo')
  narrator.does('anna', `socket.set('meanwhile', 'written while cleo was away')`)
  await anna.node.ask({ do: 'set', key: 'meanwhile', value: 'written while cleo was away' })

  const { node } = await stage.enter('cleo')
  narrator.say(`cleo is back, as process ${node.pid}, with empty hands.`)
  const port = stage.player('bert').ports['tcp'] ?? 0
  narrator.does('cleo', `await socket.connect('127.0.0.1', ${port}) // bert this time`)
  const caughtUp = Promise.all(['before', 'meanwhile'].map((key) => node.hears('set', (report) => report.key === key)))
  await node.ask({ do: 'connect', port })
  await caughtUp
  const looks = await Promise.all(stage.players.map((player) => player.node.ask({ do: 'look' })))
  const [first, ...rest] = looks.map(({ entries }) => JSON.stringify(entries.toSorted(([x], [y]) => (x < y ? -1 : 1))))
  for (const [key, value] of looks.at(-1)?.entries ?? []) narrator.sees('cleo', `${key} = '${value}'`)
  narrator.check('cleo has what was written before and meanwhile', looks.at(-1)?.entries.length === 2)
  narrator.check(
    'all nodes have the same dictionary',
    rest.every((entries) => entries === first),
  )
}
