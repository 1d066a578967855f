import { codeOf } from './failure.ts'

/** What the command line ends with, for scripts. They are part of its interface: see the README. */
export const exitCodes = {
  ok: 0,
  /** The answer is no: nothing there, nobody holds it, or somebody else does. */
  no: 1,
  /** The command is not understood, or what it was given is out of its range. */
  usage: 2,
  /** The network cannot be reached, does not let this node in, or this node has only a part of the dictionary. */
  unreachable: 3,
  /** It was written or sent, but nobody has said to have it. */
  unconfirmed: 4,
  /** This machine is in the way: disk, port, clock. */
  machine: 5,
  /** A fault of the program. */
  fault: 70,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const

/** One of them. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const byCode: Readonly<Record<string, ExitCode>> = {
  KEY_NOT_FOUND: exitCodes.no,
  LEASE_HELD: exitCodes.no,
  LEASE_CONTESTED: exitCodes.no,
  OWNED_KEY: exitCodes.no,
  USAGE: exitCodes.usage,
  ARGUMENT: exitCodes.usage,
  INVALID_ARGUMENT: exitCodes.usage,
  INVALID_KEY: exitCodes.usage,
  KEY_TOO_LARGE: exitCodes.usage,
  VALUE_TOO_LARGE: exitCodes.usage,
  MESSAGE_TOO_LARGE: exitCodes.usage,
  UNREACHABLE: exitCodes.unreachable,
  HANDSHAKE_FAILED: exitCodes.unreachable,
  NO_NODE: exitCodes.unreachable,
  NO_NEIGHBOR: exitCodes.unreachable,
  CONTROL_LOST: exitCodes.unreachable,
  INCOMPLETE: exitCodes.unreachable,
  PARTIAL_DICTIONARY: exitCodes.unreachable,
  REPLICAS_MISSING: exitCodes.unconfirmed,
  CATCHING_UP: exitCodes.unreachable,
  CLOSED: exitCodes.unreachable,
  CLOCK_SKEW: exitCodes.machine,
  STORE_FULL: exitCodes.machine,
  ADDRESS_IN_USE: exitCodes.machine,
  LISTEN_FAILED: exitCodes.machine,
  FILE: exitCodes.machine,
}

/** What an error makes the command line end with. */
export function exitCodeOf(error: unknown): ExitCode {
  const code = codeOf(error)
  if (code.startsWith('REFUSED_')) return exitCodes.unreachable
  if (code.startsWith('PERSISTENCE_')) return exitCodes.machine
  return byCode[code] ?? exitCodes.fault
}
