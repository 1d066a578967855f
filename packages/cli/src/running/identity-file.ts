import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { Buffer } from 'node:buffer'
import { identityFromSeed, seedBytes } from '@ts2p/protocol'
import type { OwnIdentity } from '@ts2p/protocol'
import { FileError } from '../failure.ts'

/** Keeps the seed of an identity, as hex, in a new file that only its owner can read. @throws {FileError} It is there already. */
export function writeSeed(path: string, seed: Uint8Array): void {
  try {
    writeFileSync(path, `${Buffer.from(seed).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    const problem = isThere
      ? 'it is there already, and is not overwritten. Name another file.'
      : (cause as Error).message
    throw new FileError(path, problem, { cause })
  }
}

/** The identity whose seed a file keeps. @throws {FileError} There is none, it is something else, or others can read it. */
export function readIdentity(path: string): OwnIdentity {
  let text: string
  try {
    if (process.getuid && (statSync(path).mode & 0o077) !== 0) {
      throw new FileError(path, 'others can read it, and could be this node. Make its mode 600: chmod 600.')
    }
    text = readFileSync(path, 'utf8').trim()
  } catch (cause) {
    if (cause instanceof FileError) throw cause
    throw new FileError(path, `it cannot be read (${(cause as Error).message}). Make one with \`ts2p keygen\`.`, {
      cause,
    })
  }
  if (!/^[0-9a-f]+$/i.test(text) || text.length !== 2 * seedBytes) {
    throw new FileError(path, `it has no seed of ${seedBytes} bytes as hex. Make one with \`ts2p keygen\`.`)
  }
  return identityFromSeed(Buffer.from(text, 'hex'))
}
