// A node in a process of its own, which does what its parent says.
import type { Figures } from '../../running/case.ts'
import { signal } from '../../running/until.ts'
import { sendLoad } from './load.ts'
import type { BenchNode } from './mesh-node.ts'
import type { FromNode, Order, ToNode } from '../order.ts'
import { Pump } from './pump.ts'
import { loadMeshSubject } from '../subjects/load-mesh-subject.ts'
import { Tally } from '../figures/tally.ts'

const tally = new Tally()
const awaited = new Map<number, () => void>()
let running: { readonly node: BenchNode; readonly pump: Pump } | undefined

process.on('message', (message: ToNode) => {
  if (message.kind === 'order') void answer(message.id, message.order)
  else awaited.get(message.count)?.()
})
// Whoever started it has gone.
process.on('disconnect', () => process.exit())

async function answer(id: number, order: Order): Promise<void> {
  try {
    tell({ kind: 'answer', id, figures: await obey(order) })
  } catch (error) {
    tell({ kind: 'error', id, text: String(error) })
  }
}

async function obey(order: Order): Promise<Figures> {
  if (order.kind === 'create') {
    const subject = await loadMeshSubject(order.subject)
    const node = await subject.create({ isListening: true })
    node.onPacket((packet) => tally.note(packet))
    running = { node, pump: new Pump(node, subject.windowMessages, arrived) }
    return { port: node.port }
  }
  if (!running) throw new TypeError('There is no node yet.')
  const { node, pump } = running
  switch (order.kind) {
    case 'connect':
      await node.connect(order.port)
      return {}
    case 'links':
      return { links: node.links() }
    case 'reach':
      await tally.reach(order.count)
      return { twice: tally.twice }
    case 'pump':
      return { burstRate: await pump.warmUp(order.seconds), rate: await pump.run({ seconds: order.seconds }) }
    case 'load':
      return sendLoad(node, order.load)
  }
}

/** Resolves when all the other nodes have so many messages, which the parent knows. */
function arrived(count: number): Promise<void> | undefined {
  if (count <= 0) return undefined
  const { given, give } = signal()
  awaited.set(count, give)
  tell({ kind: 'awaits', count })
  return given
}

function tell(message: FromNode): void {
  process.send?.(message)
}
