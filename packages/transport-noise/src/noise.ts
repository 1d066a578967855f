import { checkKnown, systemEnvironment } from '@ts2p/base'
import type { Transport } from '@ts2p/base'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { HandshakeInput } from './handshake.ts'
import { NoiseLink } from './noise-link.ts'

/** Both sides must have the same; another version of this use of Noise would have another. */
const prologue = 'ts2p noise 1'
const secretBytes = 32

/** For simulations; elsewhere nothing of it is needed. */
export interface NoiseOptions {
  /**
   * So many bytes that nobody can guess, for the keys of each link. Default the platform's. Give another only to make a
   * simulation repeatable.
   */
  readonly randomBytes?: (length: number) => Uint8Array
}

const optionNames = Object.keys({ randomBytes: true } satisfies Record<keyof NoiseOptions, true>)

/**
 * Encrypts the links of a transport by the Noise protocol (Noise_NN_25519_ChaChaPoly_SHA256, revision 34), with new keys
 * for each link, on Node and in browsers. Both sides must use it. By itself it shows nobody who the other side is: for that
 * base's handshake signs the link's `channelBinding`, which is the hash of the Noise handshake.
 *
 * Links open when the handshake is done. One that breaks the protocol, or that ends without the other side's word, ends with
 * a NoiseError; during a dial with an UnreachableError whose cause is one.
 * @throws {ArgumentError} There is no such option.
 */
export function noise(transport: Transport, options: NoiseOptions = {}): Transport {
  checkKnown('options', options, optionNames)
  const environment = options.randomBytes ? { randomBytes: options.randomBytes } : systemEnvironment()
  const input = (): HandshakeInput => ({
    secret: environment.randomBytes(secretBytes),
    prologue: utf8ToBytes(prologue),
  })
  const listen = transport.listen?.bind(transport)
  return {
    name: `noise+${transport.name}`,
    security: 'noise',
    ...(listen && {
      listen: (host, port, onLink) =>
        listen(host, port, (link) => onLink(new NoiseLink(link, { kind: 'accepted' }, input()))),
    }),
    dial: (host, port) => new NoiseLink(transport.dial(host, port), { kind: 'dialed', host, port }, input()),
  }
}
