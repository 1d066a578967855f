import { ClosedError } from '@ts2p/base'
import { bytesFromText } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import { LeaseContestedError } from '@ts2p/store'
import type { ClockSkewError, Input, LeaseInfo, SyncSocket, WriteOptions } from '@ts2p/sync'
import { LeasesMissingError } from './errors.ts'
import type { Settings } from './settings.ts'

/** One key of a dictionary, and what is done with it to hold it. Knows no types of keys and values. */
export interface LeasedKey {
  /** This node. */
  readonly self: NodeId
  /** Who holds the key, while somebody does. */
  lease(): LeaseInfo | undefined
  /** Claims the key, or renews its lease. @throws as `SyncSocket.set` */
  write(): LeaseInfo
  /** Deletes the key. @throws as `SyncSocket.del` */
  giveUp(): void
  /** Calls back, at the end of the turn, when anything has changed that may concern the key, or who could confirm it. @returns what ends it */
  onChange(listener: () => void): () => void
  /** Calls back when a neighbor has no room for a key of this node. @param listener gets the lease's token @returns what ends it */
  onRefused(listener: (token: string | undefined) => void): () => void
  /** Calls back once, when the socket closes. @returns what ends it */
  onClose(listener: () => void): () => void
  /** Calls back when another node has written the key though this node holds its lease. @param listener gets the lease's token @returns what ends it */
  onContested(listener: (token: string) => void): () => void
  /** Whether this node's clock is too wrong to hold the key, by its neighbors' clocks. As `SyncSocket.clockSkew`. */
  clockSkew(toleranceMs: number): ClockSkewError | 'unknown' | undefined
  /** Rejects if too few neighbors hold in time what was written last. */
  confirmed(wait: { replicas: number; timeoutMs: number }): Promise<void>
  /** Whether there is anybody who could confirm anything. */
  hasNeighbors(): boolean
  /** The time that a message takes to the slowest neighbor, milliseconds; undefined: there is none, or it is not known of each. */
  slowestLinkMs(): number | undefined
  /** For how long there has been no neighbor, milliseconds; undefined: there is one, or there was none yet. */
  isolatedMs(): number | undefined
  /** After a restart: the node has learnt what was written meanwhile. */
  caughtUp(): Promise<void>
}

/** The longest lease that a socket may take of a key, seconds. @throws {LeasesMissingError} @throws {ClosedError} @throws {ArgumentError} */
export function leaseSecondsMaxOf<K, V>(socket: SyncSocket<K, V>, key: Input<K>): number {
  const { leaseSecondsMax, isClosed } = socket
  if (isClosed) throw new ClosedError('lock')
  if (!socket.isLeased(key)) throw new LeasesMissingError()
  return leaseSecondsMax
}

const changes = [
  ...(['change', 'connect', 'clocks-differ'] as const),
  ...(['lease-lost', 'lease-expired', 'lease-released'] as const),
] as const

/** A key of a socket. Without a value it gets the node's id. */
export function leasedKey<K, V>(
  socket: SyncSocket<K, V>,
  parts: { key: Input<K>; value: Input<V> | undefined; settings: Pick<Settings, 'environment' | 'leaseMs'> },
): LeasedKey {
  // Whoever leaves out the value has one of strings or bytes: the signatures of `lock` and `election` see to that.
  const target: { set(key: Input<K>, value: Input<V> | NodeId, options: WriteOptions): unknown } = socket
  const { key, value, settings } = parts
  const { environment } = settings
  const length = { leaseSeconds: settings.leaseMs / 1000 }
  return {
    self: socket.id,
    lease: () => socket.lease(key),
    write() {
      target.set(key, value ?? socket.id, length)
      const lease = socket.lease(key)
      // It has just begun: only a clock that has leapt can have ended it. Its next timestamp is not behind the clock.
      if (!lease)
        throw new LeaseContestedError({
          key: key instanceof Uint8Array ? key : bytesFromText(String(key)),
          owner: socket.id,
        })
      return lease
    },
    giveUp: () => void socket.del(key),
    onChange(listener) {
      let isDue = false
      let isEnded = false
      const onEvent = (): void => {
        if (isDue) return
        isDue = true
        environment.defer(() => {
          isDue = false
          if (!isEnded) listener()
        })
      }
      for (const event of changes) socket.on(event, onEvent)
      return () => {
        isEnded = true
        for (const event of changes) socket.off(event, onEvent)
      }
    },
    onRefused(listener) {
      const onEvent = ({ token }: { readonly token: string | undefined }): void => listener(token)
      socket.on('write-refused', onEvent)
      return () => socket.off('write-refused', onEvent)
    },
    onClose(listener) {
      socket.once('close', listener)
      return () => socket.off('close', listener)
    },
    onContested(listener) {
      const onEvent = ({ token }: { readonly token: string }): void => listener(token)
      socket.on('lease-contested', onEvent)
      return () => socket.off('lease-contested', onEvent)
    },
    clockSkew: (toleranceMs) => socket.clockSkew(toleranceMs),
    confirmed: (wait) => socket.replicated(key, wait),
    hasNeighbors: () => socket.isConnected,
    slowestLinkMs: () => slowestOf(socket.routingTable),
    isolatedMs: () => socket.isolatedMs,
    caughtUp: () => socket.caughtUp(),
  }
}

/** What links are measured by. */
type Links = SyncSocket['routingTable']

/** Half of the longest round trip, milliseconds; undefined if one is not known, or data waits that the link has not taken. */
function slowestOf(links: Links): number | undefined {
  if (!links || links.size === 0) return undefined
  let slowestMs = 0
  for (const { clock, isCongested } of links.values()) {
    // Of a clock that is known by its hello only, nothing is measured.
    if (!clock.current || clock.current.at === Number.NEGATIVE_INFINITY || isCongested) return undefined
    slowestMs = Math.max(slowestMs, clock.current.errorMs, clock.unansweredMs / 2)
  }
  return slowestMs
}
