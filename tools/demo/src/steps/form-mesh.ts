import type { Stage } from '../stage.ts'

/** Four processes become a network, three by TCP and one by WebSocket, knowing one address. */
export async function formMesh(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.step('Four processes, one address')
  const anna = await stage.enter('anna')
  const { tcp = 0, ws = 0 } = anna.ports
  narrator.say(`anna (process ${anna.node.pid}) listens on 127.0.0.1, TCP port ${tcp} and WebSocket port ${ws}.`)
  narrator.say('The others are told nothing but her address; dora dials by WebSocket, as a browser would.')
  for (const name of ['bert', 'cleo', 'dora']) {
    const isBrowserLike = name === 'dora'
    const { node } = await stage.enter(name, { transport: isBrowserLike ? 'ws' : 'tcp' })
    const port = isBrowserLike ? ws : tcp
    narrator.does(name, `await socket.connect('127.0.0.1', ${port})`)
    await node.ask({ do: 'connect', port })
  }
  await Promise.all(stage.players.map(({ node }) => node.hears('connect', () => true, 0)))
  for (const { node } of stage.players) {
    const { neighbors } = await node.ask({ do: 'look' })
    narrator.sees(node.name, `linked with ${neighbors.map((id) => stage.nameOf(id)).join(', ')}`)
    narrator.check(`${node.name} is in the network`, neighbors.length > 0)
  }
}
