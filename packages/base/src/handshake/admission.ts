import { bytesFromText, secretBytesMin } from '@ts2p/protocol'
import type { AdmissionRule, Candidate } from '../base-options.ts'
import { ArgumentError } from '../errors.ts'
import type { Failure } from '../issues.ts'

/**
 * Whether a node may be linked.
 * @throws {ArgumentError} The rule returns neither true nor false, such as a promise. @throws what the rule throws
 */
export function isAdmitted(admission: AdmissionRule | undefined, candidate: Candidate): boolean {
  if (admission === undefined) return true
  const decision: unknown = typeof admission === 'function' ? admission(candidate) : admission.includes(candidate.id)
  if (typeof decision === 'boolean') return decision
  throw new ArgumentError('what allow returns', 'true or false', decision)
}

/** As `isAdmitted`, but a rule that fails admits nobody, and is reported. */
export function admits(
  admission: AdmissionRule | undefined,
  candidate: Candidate,
  report: (sentence: string, failure: Failure) => void,
): boolean {
  try {
    return isAdmitted(admission, candidate)
  } catch (error) {
    report(`The rule of who may be linked failed, and admitted nobody: ${String(error)}`, { error })
    return false
  }
}

/** The bytes of a network's secret. @throws {ArgumentError} It is too short, or neither text nor bytes. */
export function secretFrom(secret: string | Uint8Array | undefined): Uint8Array | undefined {
  if (secret === undefined) return undefined
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array))
    throw new ArgumentError('secret', 'a string or a Uint8Array', typeof secret)
  const bytes = typeof secret === 'string' ? bytesFromText(secret) : Uint8Array.from(secret)
  if (bytes.length >= secretBytesMin) return bytes
  throw new ArgumentError('secret', `at least ${secretBytesMin} bytes that nobody can guess`, `${bytes.length} bytes`)
}
