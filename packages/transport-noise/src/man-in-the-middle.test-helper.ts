import type { Link } from '@ts2p/base'
import type { SimulatedNetwork } from '@ts2p/simulator'
import type { Host } from '@ts2p/simulator'

/** Which way a write goes: from the side that dialed, or to it. */
export type Direction = 'there' | 'back'

/** What the man in the middle does with a write: what goes on, in its direction and against it. */
export interface Doing {
  readonly on: readonly Uint8Array[]
  readonly against?: readonly Uint8Array[]
  /** Ends both links in good order, after that. */
  readonly ends?: boolean
}

/** Decides what becomes of a write, which is the nth of its direction, counted from 0. */
export type Attack = (direction: Direction, index: number, bytes: Uint8Array) => Doing

/** Listens on a host, dials another for each who comes, and carries what both write, as the attack would have it. */
export async function manInTheMiddle(options: {
  network: SimulatedNetwork
  host: Host
  target: { host: string; port: number }
  attack: Attack
}): Promise<number> {
  const { network, host, target, attack } = options
  const transport = network.transport(host)
  const listener = await transport.listen?.('', 0, (near) => {
    const far = transport.dial(target.host, target.port)
    const ends = [near, far]
    let isFarOpen = false
    let early: (() => void)[] = []
    const carry = (direction: Direction, from: Link, to: Link): void => {
      let index = 0
      const pass = (bytes: Uint8Array): void => {
        const doing = attack(direction, index, bytes.slice())
        index += 1
        for (const each of doing.on) to.write([each.slice()])
        for (const each of doing.against ?? []) from.write([each.slice()])
        if (doing.ends) for (const end of ends) end.close()
      }
      from.attach({
        onOpen() {
          if (from !== far) return
          isFarOpen = true
          for (const run of early) run()
          early = []
        },
        onData: (bytes) => (isFarOpen ? pass(bytes) : void early.push(() => pass(bytes))),
        onDrain: () => undefined,
        onClose: () => to.close(),
      })
    }
    carry('there', near, far)
    carry('back', far, near)
  })
  if (!listener) throw new Error('A simulated host can listen.')
  return listener.port
}
