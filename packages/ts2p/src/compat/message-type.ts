import { ArgumentError } from '@ts2p/base'
import { flagName } from '@ts2p/protocol'
import { binaryOf } from './buffers.ts'
import type { Binary } from './buffers.ts'

/** How a message travels, from the number or the name of its flag. @throws {ArgumentError} */
export function travelOf(flag: string | number): 'broadcast' | 'whisper' {
  const name = typeof flag === 'number' ? flagName(flag) : flag
  if (name === 'broadcast' || name === 'whisper') return name
  throw new ArgumentError('flag', "'broadcast', 'whisper', or the number of one in base.flags", flag)
}

/** The type of a message, its first packet: the number of a flag stands for its name. @throws {ArgumentError} */
export function messageType(type: Binary | number): string | Uint8Array {
  if (typeof type !== 'number') return binaryOf('type', type)
  const name = flagName(type)
  if (name === undefined) throw new ArgumentError('type', 'text, bytes, or a number in base.flags', type)
  return name
}
