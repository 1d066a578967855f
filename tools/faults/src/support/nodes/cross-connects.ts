import { randomOf, unless } from '../cases/case-loop.ts'
import type { CaseResult } from '../cases/case-loop.ts'
import { createSigningNetwork, nodePort, pass, startMesh } from './simulated-nodes.ts'

/** Two nodes dial each other at about the same time. */
export async function connectCrosswise(index: number): Promise<CaseResult> {
  const random = randomOf(index)
  const network = createSigningNetwork(index + 1, { latencyMs: [1, random.pick([1, 5, 50, 200])] })
  const [{ socket: anna }, { socket: bert }] = [await startMesh(network, 'anna'), await startMesh(network, 'bert')]
  let replaced = 0
  for (const socket of [anna, bert]) socket.on('peer-disconnect', () => (replaced += 1))
  anna.connect('bert', nodePort).catch(() => undefined)
  if (random.chance(0.8)) await pass(network, random.integer(0, 100), 1)
  bert.connect('anna', nodePort).catch(() => undefined)
  await pass(network, 5000)
  const [there, back] = [anna.routingTable?.get(bert.id), bert.routingTable?.get(anna.id)]
  const sizes = [anna.routingTable?.size ?? 0, bert.routingTable?.size ?? 0]
  const directions = `${there?.direction} and ${back?.direction}`
  const areEnds = ['dialed and accepted', 'accepted and dialed'].includes(directions)
  const received: string[] = []
  for (const socket of [anna, bert]) socket.registerHandler(({ type }) => received.push(type) > 0)
  for (const socket of [anna, bert]) socket.send(['hello'])
  await pass(network, 1000)
  return {
    violations: [
      ...unless(sizes.join() === '1,1', `The two have ${sizes.join(' and ')} links.`),
      // Else each end has a link of its own, whose other end is refused.
      ...unless(areEnds, `The ends of the link are ${directions}.`),
      ...unless(replaced === 0, `An established link was given up ${replaced} times.`),
      ...unless(received.length === 2, `${received.length} of 2 messages arrived.`),
    ],
  }
}
