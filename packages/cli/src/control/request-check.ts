import { fieldOf } from './control-message.ts'
import type { Datum } from './datum.ts'
import { UsageError } from '../failure.ts'
import type { Confirmation, Request } from './request.ts'

/** Most that a measurement may write, and the bytes of each value. */
const benchMax = { count: 100_000, bytes: 65_536 }
/** Longest wait for a confirmation, milliseconds. */
const confirmMsMax = 3_600_000

/** Longest lease that is passed on, seconds; the network may allow less. */
const leaseSecondsMax = 315_360_000

/** A request as it came from another process. Whoever sent it knows the token; it may be of another version. @throws {UsageError} */
export function readRequest(value: unknown): Request {
  const ask = fieldOf(value, 'ask')
  switch (ask) {
    case 'get':
    case 'lease':
      return { ask, key: datum(value, 'key') }
    case 'set':
      return {
        ...{ ask, key: datum(value, 'key'), value: datum(value, 'value'), confirm: confirmation(value) },
        ephemeral: fieldOf(value, 'ephemeral') === true,
        leaseSeconds:
          fieldOf(value, 'leaseSeconds') === undefined ? undefined : whole(value, 'leaseSeconds', leaseSecondsMax),
      }
    case 'del':
    case 'renew':
    case 'release':
      return { ask, key: datum(value, 'key'), confirm: confirmation(value) }
    case 'keys':
      return { ask, prefix: text(value, 'prefix'), values: fieldOf(value, 'values') === true }
    case 'watch':
      return { ask, prefix: text(value, 'prefix'), initial: fieldOf(value, 'initial') === true }
    case 'send':
      return { ask, text: datum(value, 'text'), whisper: fieldOf(value, 'whisper') === true }
    case 'peers':
      return { ask }
    case 'bench': {
      const [count, bytes] = [whole(value, 'count', benchMax.count), whole(value, 'bytes', benchMax.bytes)]
      return { ask, count, bytes, confirm: confirmation(value) }
    }
    default:
      throw new UsageError('The running node does not know this request. Is it of the same version of ts2p?')
  }
}

function confirmation(value: unknown): Confirmation {
  const confirm = fieldOf(value, 'confirm')
  return { replicas: whole(confirm, 'replicas', 1000), timeoutMs: whole(confirm, 'timeoutMs', confirmMsMax) }
}

function text(value: unknown, name: string): string {
  const field = fieldOf(value, name)
  return typeof field === 'string' ? field : refuse(name)
}

function datum(value: unknown, name: string): Datum {
  const field = fieldOf(value, name)
  if (typeof field === 'string') return field
  const base64 = fieldOf(field, 'base64')
  return typeof base64 === 'string' ? { base64 } : refuse(name)
}

function whole(value: unknown, name: string, max: number): number {
  const field = fieldOf(value, name)
  return typeof field === 'number' && Number.isInteger(field) && field >= 0 && field <= max ? field : refuse(name)
}

function refuse(name: string): never {
  throw new UsageError(`The request has no good '${name}'. Is the running node of the same version of ts2p?`)
}
