import type { Stage } from '../stage.ts'

/** Everybody leaves. */
export async function leave(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.step('Everybody leaves')
  for (const { node } of stage.players) {
    narrator.does(node.name, 'await socket.close()')
    await node.ask({ do: 'close' })
    stage.leave(node.name)
  }
  narrator.check('every node closed its links and ports and ended', stage.players.length === 0)
}
