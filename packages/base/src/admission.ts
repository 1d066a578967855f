import { bytesFromText, secretBytesMin } from '@ts2p/protocol'
import type { Admission, Applicant } from './base-options.ts'
import { ArgumentError } from './errors.ts'

/** Whether a node may be linked. @throws what the rule throws */
export function isAdmitted(admission: Admission | undefined, applicant: Applicant): boolean {
  if (admission === undefined) return true
  return typeof admission === 'function' ? admission(applicant) : admission.includes(applicant.id)
}

/** The bytes of a network's secret. @throws {ArgumentError} It is too short. */
export function secretFrom(secret: string | Uint8Array | undefined): Uint8Array | undefined {
  if (secret === undefined) return undefined
  const bytes = typeof secret === 'string' ? bytesFromText(secret) : Uint8Array.from(secret)
  if (bytes.length >= secretBytesMin) return bytes
  throw new ArgumentError('secret', `at least ${secretBytesMin} bytes that nobody can guess`, `${bytes.length} bytes`)
}
