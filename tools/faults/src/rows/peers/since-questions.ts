import { reconciliationNonceBytes, decodeReconciliation, encodeReconciliation, identityFromSeed } from '@ts2p/protocol'
import type { ReconciliationMessage, JournalPosition } from '@ts2p/protocol'
import { quickSignatures } from '@ts2p/simulator'
import type { Host, SimulatedNetwork } from '@ts2p/simulator'
import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { unless } from '../../support/cases/case-loop.ts'
import { createNetwork, nodePort, pass, startSync } from '../../support/nodes/simulated-nodes.ts'
import { helloPayload, shakeHands } from '../../support/adversaries/stranger.ts'
import type { Stranger } from '../../support/adversaries/stranger.ts'
import { mebibyte, usedBytes } from '../../support/resources/used-memory.ts'

const growthMiBMax = 8
const keys = 50_000
/** Questions in a slice: as many messages as a peer may send in a second. */
const perSecond = 2000

/** Questions of what has changed, whose answers nobody reads. */
export const sinceQuestions: FaultRow = {
  name: 'since-questions',
  fault: `A neighbor asks 20,000 times what has changed at a node with ${keys.toLocaleString('en-US')} keys, and reads no answer.`,
  mustHold: 'The node grows by less than 8 MiB and stays linked.',
  wanted: 20_000,
  unit: 'questions',
  figure: 'MiB of growth',
  async open() {
    const questions = new Questions()
    await questions.link()
    return questions
  },
}

class Questions implements FaultRunner {
  readonly #network: SimulatedNetwork = createNetwork(1)
  readonly #host: Host = this.#network.simulation.host('asker')
  #stranger: Stranger | undefined
  #position: JournalPosition | undefined
  #before = 0
  #isLinked = (): boolean => false

  /** Links a node with a stranger, which learns a position in the node's journal and then reads no more. */
  async link(): Promise<void> {
    const { socket } = await startSync(this.#network, 'target')
    for (let key = 0; key < keys; key += 1) socket.set(`key ${key}`, `value ${key}`.padEnd(100, '.'))
    await pass(this.#network, 1000)
    const identity = identityFromSeed(new Uint8Array(32).fill(1), quickSignatures)
    this.#isLinked = () => socket.routingTable?.has(identity.id) === true
    const link = this.#network.transport(this.#host).dial('target', nodePort)
    this.#stranger = shakeHands(link, helloPayload(identity, {}, socket.subnet), identity)
    this.#stranger.onNeighborMessage = (kind, payload) => {
      const message = kind === 'reconciliation' ? decodeReconciliation(payload) : undefined
      if (message?.kind === 'at') this.#position = message.position
    }
    await pass(this.#network, 1000)
    const [root, nonce] = [new Uint8Array(16), new Uint8Array(reconciliationNonceBytes)]
    this.#say({
      kind: 'open',
      position: { epoch: 1, sequence: 0 },
      count: 0,
      root,
      nonce,
      completeSince: 0,
      garbageBefore: 0,
      isFull: false,
    })
    await pass(this.#network, 60_000)
    if (!this.#position) throw new Error('The node did not tell where its journal is.')
    this.#network.stall(this.#host, true)
    this.#before = usedBytes()
  }

  async slice(from: number, until: number): Promise<SliceResult> {
    const done = Math.min(perSecond, until - from)
    const position = { epoch: this.#position?.epoch ?? 0, sequence: 0 }
    for (let count = 0; count < done; count += 1)
      this.#say({ kind: 'since', position, isInReturn: true, isFull: false })
    await pass(this.#network, 1010)
    const growth = (usedBytes() - this.#before) / mebibyte
    const after = `After questions ${from} to ${from + done}`
    return {
      done,
      worst: growth,
      violations: [
        ...unless(growth < growthMiBMax, `${after} the node has grown by ${growth.toFixed(1)} MiB.`),
        ...unless(this.#isLinked(), `${after} the link is lost.`),
      ],
    }
  }

  #say(message: ReconciliationMessage): void {
    this.#stranger?.sayToNeighbor('reconciliation', encodeReconciliation(message))
  }
}
