import type { Datum } from './datum.ts'

/** How a write is confirmed. */
export interface Confirmation {
  /** How many neighbors must say that they hold it; 0: nobody is asked. */
  readonly replicas: number
  readonly timeoutMs: number
}

/** What can be asked of a network, through whichever node. It travels as JSON to a running one. */
export interface CommandRequests {
  get: { readonly key: Datum }
  set: {
    readonly key: Datum
    readonly value: Datum
    /** The length of its lease; undefined: that of the network. */
    readonly leaseSeconds?: number | undefined
    /** Whether the value ends with it. */
    readonly ephemeral: boolean
    readonly confirm: Confirmation
  }
  del: { readonly key: Datum; readonly confirm: Confirmation }
  renew: { readonly key: Datum; readonly confirm: Confirmation }
  release: { readonly key: Datum; readonly confirm: Confirmation }
  keys: { readonly prefix: string; readonly values: boolean }
  watch: { readonly prefix: string; readonly initial: boolean }
  send: { readonly text: Datum; readonly whisper: boolean }
  peers: object
  lease: { readonly key: Datum }
  bench: { readonly count: number; readonly bytes: number; readonly confirm: Confirmation }
}

/** What is asked. */
export type Ask = keyof CommandRequests

/** A request, with what it asks. */
export type Request = { readonly [A in Ask]: { readonly ask: A } & CommandRequests[A] }[Ask]

/** Until when nobody else may change a key. */
export interface LeaseReply {
  readonly key: Datum
  readonly owner: string
  /** Milliseconds since 1970, UTC. */
  readonly acquiredAt: number
  readonly expiresAt: number
  readonly token: string
  /** Its length from each write on, seconds. */
  readonly leaseSeconds: number
  /** Whether the value ends with it. */
  readonly ephemeral: boolean
}

/** What has become of the lease that the node has of a key. */
interface OwnLeaseReply {
  readonly key: Datum
  /** Whether the node had the lease. */
  readonly held: boolean
  readonly lease?: LeaseReply
}

/** A linked node. */
interface PeerReply {
  readonly id: string
  readonly remote: string
  readonly direction: 'dialed' | 'accepted'
  readonly queuedBytes: number
}

/** What a key has become. */
export type WatchReply =
  | {
      readonly type: 'set'
      readonly key: Datum
      readonly value: Datum
      readonly owner: string
      readonly at: number
    }
  | { readonly type: 'delete' | 'expire'; readonly key: Datum; readonly owner: string; readonly at: number }

/** How a measurement goes, and what came of it. */
export type BenchReply =
  | { readonly done: number; readonly of: number }
  | {
      readonly count: number
      readonly bytes: number
      readonly setsPerSecond: number
      /** From `set` until a neighbor has said that it holds the value, milliseconds: median and 99th percentile. */
      readonly confirmedMsMedian: number
      readonly confirmedMs99: number
    }

/** What is answered: any number of these, then the end. */
export interface Replies {
  get: (
    | { readonly key: Datum; readonly found: false }
    | { readonly key: Datum; readonly found: true; readonly value: Datum }
  ) & {
    /** There if the node that answers has no room for all of the dictionary. */
    readonly partial?: true
  }
  set: { readonly key: Datum; readonly replicas: number; readonly isDurable: boolean; readonly lease?: LeaseReply }
  del: { readonly key: Datum; readonly deleted: boolean; readonly replicas: number }
  renew: OwnLeaseReply
  release: OwnLeaseReply
  keys: { readonly key: Datum; readonly value?: Datum }
  watch: WatchReply
  send: { readonly neighbors: number }
  peers: PeerReply
  lease: LeaseReply | { readonly key: Datum; readonly owner: undefined }
  bench: BenchReply
}

/** Whom a command asks: a node in this process, or one in another. */
export interface Asker {
  /** Answers come until there are no more, or until `signal`. Leaving the loop ends the asking. */
  ask<A extends Ask>(
    request: { readonly ask: A } & CommandRequests[A],
    signal?: AbortSignal,
  ): AsyncGenerator<Replies[A], void, undefined>
  /** What was written is sent first. */
  close(): Promise<void>
}
