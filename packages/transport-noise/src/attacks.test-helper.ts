import { concatBytes } from '@noble/hashes/utils.js'
import type { Random } from '@ts2p/simulator'
import type { Attack, Direction, Doing } from './man-in-the-middle.test-helper.ts'

export const attackNames = [
  'flip',
  'swap',
  'replay',
  'reflect',
  'strip',
  'strip bytes',
  'truncate',
  'insert',
  'other session',
] as const
type AttackName = (typeof attackNames)[number]

/** Where an attack strikes, and with what. */
export interface Plan {
  readonly name: AttackName
  readonly direction: Direction
  /** Which write of that direction is struck. */
  readonly index: number
  readonly random: Random
  /** What was written in another session, by direction. */
  readonly recorded: Readonly<Record<Direction, readonly Uint8Array[]>>
}

/** The attack of a plan. Everything else goes on as it came. */
export function attackOf(plan: Plan): Attack {
  const held: Uint8Array[] = []
  const seen: Uint8Array[] = []
  return (direction, index, bytes) => {
    if (direction !== plan.direction) return { on: [bytes] }
    seen.push(bytes)
    if (index === plan.index) return strike(plan, bytes, { held, seen })
    return { on: [bytes, ...held.splice(0)] }
  }
}

function strike(plan: Plan, bytes: Uint8Array, past: { held: Uint8Array[]; seen: Uint8Array[] }): Doing {
  const { name, random } = plan
  const at = random.integer(0, bytes.length - 1)
  switch (name) {
    case 'flip': {
      const flipped = bytes.slice()
      flipped.set([(bytes[at] ?? 0) ^ (1 << random.integer(0, 7))], at)
      return { on: [flipped] }
    }
    case 'swap':
      past.held.push(bytes)
      return { on: [] }
    case 'replay':
      return { on: [bytes, random.pick(past.seen)] }
    case 'reflect':
      return { on: random.chance(0.5) ? [bytes] : [], against: [bytes] }
    case 'strip':
      return { on: [] }
    case 'strip bytes':
      return { on: [concatBytes(bytes.subarray(0, at), bytes.subarray(at + random.integer(1, 20)))] }
    case 'truncate':
      return { on: [bytes.subarray(0, random.chance(0.5) ? bytes.length : at)], ends: true }
    case 'insert':
      return { on: [bytes.subarray(0, at), random.bytes(random.integer(1, 80)), bytes.subarray(at)] }
    case 'other session':
      return { on: [plan.recorded[plan.direction][plan.index] ?? bytes.subarray(1)] }
  }
}
