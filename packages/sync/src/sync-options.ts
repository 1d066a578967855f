import { ArgumentError, checkKnown, checkWait, waitOptionNames } from '@ts2p/base'
import type { WaitOptions } from '@ts2p/base'
import { meshOptionNames } from '@ts2p/mesh'
import type { MeshSocketEvents, MeshSocketOptions } from '@ts2p/mesh'
import type { NodeId } from '@ts2p/protocol'
import type { Persistence, StoreLimits } from '@ts2p/store'
import type { Encoding, EncodingName } from './dictionary/encodings.ts'
import type { AnyEncoding, Decoded } from './dictionary/decoded.ts'
import type { SchemaEntry } from './dictionary/schema.ts'
import type { DecodingError } from './errors.ts'

/** Whether and how long a key belongs to the node that has set it; the same on every node, else they refuse each other. */
export interface LeasingOptions {
  /** Whether what one node has set is protected from the others for a time. Default true. */
  readonly leasing?: boolean
  /** How long, seconds, if the write does not say. Default 3600. */
  readonly leaseSeconds?: number
  /** The longest lease that a write may name, seconds. Default 14,400, or `leaseSeconds` if that is more. */
  readonly leaseSecondsMax?: number
  /**
   * Prefixes of keys for which `leasing` is otherwise: `[{ prefix: 'config/', leasing: false }]`. The longest that fits counts. At most 24;
   * not with `keyEncoding: 'json'`. Default none.
   */
  readonly policies?: readonly KeyPolicyOption[]
}

/** Whether keys that begin with a prefix have leases. */
export interface KeyPolicyOption {
  /** Of the key's bytes; a text stands for its UTF-8 bytes. Not empty, and not one that begins with `~`. */
  readonly prefix: string | Uint8Array
  readonly leasing: boolean
}

/** What a `SyncSocket` is made of: what a `MeshSocket` is, and the dictionary. Only `transports` is needed. */
export interface SyncSocketOptions<K = Uint8Array, V = Uint8Array> extends MeshSocketOptions, LeasingOptions {
  /**
   * Whether nodes sign their records and messages, so that others can pass them on but not change them; the same on every node, else they refuse
   * each other. Default true.
   */
  readonly signing?: boolean
  /** Default 'binary'. */
  readonly keyEncoding?: EncodingName<K> | Encoding<K>
  /** Default 'binary'. */
  readonly valueEncoding?: EncodingName<V> | Encoding<V>
  /**
   * Encodings and validators of values by the prefixes of their keys: `[{ prefix: 'job/', validate: z.object({ … }) }]`. Each node has its own. A
   * value that does not fit is refused when it is set here. One that comes from another node is as one that cannot be decoded: see 'undecodable'.
   * Default none.
   */
  readonly schema?: readonly SchemaEntry<V>[]
  /** Limits of the dictionary that differ from the default ones. */
  readonly storeLimits?: Partial<StoreLimits>
  /**
   * Where identity, clock and dictionary are kept over a restart. Default nowhere. With it the socket is not usable at
   * once: await `ready`, `listen()` or `connect()`. What keeps it is loaded then, by `import()`, in a bundle from a file of its own.
   */
  readonly persistence?: Persistence
  /**
   * How long a catch-up lasts at most, milliseconds; default 2,000. It starts with the first link of a node that has `join`, calls `connect` or has
   * kept its state, and ends when the node has what a neighbor had. Until then leased writes throw a `CatchingUpError`, and `connect` waits. 0: there
   * is none; the node may then lose a key to a lease of which it had not heard, and 'lease-lost' reports that.
   */
  readonly catchUpMs?: number
}

/** `SyncSocketOptions` by the encodings, from which the types of keys and values follow. */
export interface OpenOptions<KE extends AnyEncoding, VE extends AnyEncoding> extends Omit<
  SyncSocketOptions,
  'keyEncoding' | 'valueEncoding' | 'schema'
> {
  readonly keyEncoding?: KE
  readonly valueEncoding?: VE
  readonly schema?: readonly SchemaEntry<Decoded<VE>>[]
}

/** The names of `SyncSocketOptions`. */
export const syncOptionNames: readonly string[] = [
  ...meshOptionNames,
  ...Object.keys({
    leasing: true,
    leaseSeconds: true,
    leaseSecondsMax: true,
    policies: true,
    keyEncoding: true,
    valueEncoding: true,
    schema: true,
    storeLimits: true,
    persistence: true,
    catchUpMs: true,
  } satisfies Record<Exclude<keyof SyncSocketOptions, keyof MeshSocketOptions>, true>),
]

/** What all changes of a key have. */
interface ChangeDetails<K, V> {
  readonly key: K
  /** The value before; undefined if there was none, or it cannot be read. */
  readonly previous: V | undefined
  /** The node that wrote it, or deleted it, or whose ephemeral key has ended. */
  readonly owner: NodeId
  /** When it did so, by its clock, or wrote the ephemeral key last: milliseconds since 1970, UTC, in whole seconds. */
  readonly at: number
  /** The fencing token of that write: see `compareTokens`. */
  readonly token: string
}

/** A key has a new value. */
export interface SetChange<K, V> extends ChangeDetails<K, V> {
  readonly type: 'set'
  readonly value: V
}

/** A key has no value anymore: it was deleted, or its value has ended with the lease of an ephemeral key. */
export interface EndChange<K, V> extends ChangeDetails<K, V> {
  readonly type: 'delete' | 'expire'
  readonly value: undefined
}

/** What has happened to a key, here or elsewhere. */
export type DictionaryChange<K, V> = SetChange<K, V> | EndChange<K, V>

/** The events of a sync socket: those of a mesh socket, 'close' among them, and those of the dictionary. */
export interface SyncSocketEvents<K, V> extends MeshSocketEvents {
  /**
   * A value was set, was deleted, or has ended with the lease of an ephemeral key, here or elsewhere. A renewal of a lease is no change. Of what
   * a neighbor sends at once, the listeners hear when all of it is in the dictionary.
   */
  change: [change: DictionaryChange<K, V>]
  /**
   * A key has a new value, and this socket cannot read the key or the value: it is in another encoding. The listeners of 'change' and the
   * watches do not hear of it. `key` is undefined if it is the key that cannot be read; `keyBytes` are its bytes, for `delBytes`. `owner`
   * wrote it at `at`, in milliseconds since 1970, UTC, by its clock.
   */
  undecodable: [
    entry: {
      readonly key: K | undefined
      readonly keyBytes: Uint8Array
      readonly owner: NodeId
      readonly at: number
      readonly error: DecodingError
    },
  ]
  /** Another node holds a key that this one held: both claimed it while apart, or at the same time. */
  'lease-lost': [lost: { readonly key: K; readonly owner: NodeId }]
  /** This node's lease of a key has run out; the value stays until someone changes it. */
  'lease-expired': [expired: { readonly key: K }]
  /** `owner`, this node or another, has released its lease of a key: the value stays, and anyone may write it. A deletion is a 'change' instead. */
  'lease-released': [released: { readonly key: K; readonly owner: NodeId }]
  /** A neighbor has no room for a key that this node has written: it may let others have it. `token` is that of this node's lease, if it has one. */
  'write-refused': [refused: { readonly key: K; readonly by: NodeId; readonly token: string | undefined }]
  /**
   * Another node has written a key whose lease this node holds: by that node's clock, which is `aheadMs` milliseconds ahead, the lease has run
   * out. Its write does not count here yet, but both nodes may act as the holder. `token` is that of this node's lease.
   */
  'lease-contested': [
    contested: { readonly key: K; readonly owner: NodeId; readonly aheadMs: number; readonly token: string },
  ]
  /** The clock of a neighbor was found to differ from this node's. `aheadMs`: how far it is ahead, milliseconds; negative if it is behind. */
  'clocks-differ': [found: { readonly id: NodeId; readonly aheadMs: number }]
}

/** How a value is written; everything has a default. */
export interface WriteOptions {
  /** How long its lease lasts from this write on, whole seconds, from 1 to the `leaseSecondsMax` of the network. Default the `leaseSeconds` of the socket. */
  readonly leaseSeconds?: number
  /**
   * Whether the key ends with this node: the value is gone on every node when the lease has ended, which this node renews while it lives.
   * Its lease lasts at least 5 s. Needs leases. Default false.
   */
  readonly ephemeral?: boolean
}

/** How one value is set. */
export interface SetOptions extends WriteOptions {
  /**
   * Sets the value only if this is the token of the key as this node knows it (see `token`); null: only if the key has no value. The check is
   * local: two nodes that set a key at the same time can both pass it, and the leases decide. Left out: no check; `undefined` is an ArgumentError.
   */
  readonly ifToken?: string | null
}

/** How a socket is closed; everything has a default. */
export interface CloseOptions {
  /** Whether the leases of this node are released. Default true if the socket has neither `persistence` nor `identity`, else false. */
  readonly release?: boolean
}

/** Who holds a key, and for how long. */
export interface LeaseInfo {
  readonly owner: NodeId
  /** Whether this node is the owner. */
  readonly isOurs: boolean
  /** When the owner acquired it, milliseconds since 1970, UTC. */
  readonly acquiredAt: number
  /** Until when others may not change it, milliseconds since 1970, UTC. */
  readonly expiresAt: number
  /**
   * Grows, as a string, with every write of the key: a resource that remembers the greatest it has seen, and turns away
   * smaller ones, is safe from a holder that does not know yet that it is one no more (docs/leases.md).
   */
  readonly token: string
  /** Its length from each write of the owner on, seconds. */
  readonly leaseSeconds: number
  /** Whether the value ends with it. */
  readonly ephemeral: boolean
}

/** How long `replicated` waits, and for how many neighbors. `timeoutMs`: default 10,000. */
export interface ReplicatedOptions extends WaitOptions {
  /** Default 1. */
  readonly replicas?: number
}

/** Checks the options of `replicated`, and completes them. @throws {ArgumentError} */
export function checkReplicated(options: ReplicatedOptions): { replicas: number; timeoutMs: number } {
  checkKnown('options', options, ['replicas', ...waitOptionNames])
  checkWait(options)
  const { replicas = 1, timeoutMs = 10_000 } = options
  if (!(Number.isInteger(replicas) && replicas > 0))
    throw new ArgumentError('replicas', 'a whole number above 0', replicas)
  return { replicas, timeoutMs }
}

/** Checks the options of `close`. @throws {ArgumentError} */
export function checkClose(options: CloseOptions): CloseOptions {
  checkKnown('options', options, ['release'])
  const { release } = options
  if (release !== undefined && typeof release !== 'boolean')
    throw new ArgumentError('release', 'true or false', release)
  return options
}
