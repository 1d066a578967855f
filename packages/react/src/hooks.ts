import type { Input, SyncSocket } from '@ts2p/sync'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { keyName } from './key-name.ts'
import { MapView } from './map-view.ts'
import { StatusView } from './status-view.ts'
import type { SyncStatus } from './status-view.ts'
import { ValueView } from './value-view.ts'

/** Sets the value of a key, or deletes it by `undefined`. Throws what `socket.set` and `socket.del` do, a `LeaseHeldError` among others. */
export type SetSyncValue<V> = (value: Input<V> | undefined) => void

/** What begins keys: a text or bytes; keys of other kinds have no beginning. */
export type KeyPrefix<K> = [K] extends [Uint8Array] ? Uint8Array | string : [K] extends [string] ? string : never

/**
 * The value of a key, `undefined` if there is none, and what sets it. The component renders again when this value changes, here or on another
 * node, and at no other key's change. An equal value that is set again is the same object as before. On a server, and in the first render
 * of a page that came from one, there is no value.
 * @returns the value, and a function that is the same as long as socket and key are
 * @throws {DecodingError} The value is not in the socket's encoding: an error boundary gets it, in the first rendering and whenever such a value comes.
 */
export function useSyncValue<K, V>(
  socket: SyncSocket<K, V>,
  key: Input<K>,
): readonly [value: V | undefined, set: SetSyncValue<V>] {
  // A key that is bytes or an object is another object at each render.
  const name = keyName(key)
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the name stands for the key
  const view = useMemo(() => new ValueView(socket, key), [socket, name])
  const value = useSyncExternalStore(view.subscribe, view.snapshot, nothing)
  const set = useCallback<SetSyncValue<V>>(
    (next) => {
      if (next === undefined) socket.del(key)
      else socket.set(key, next)
    },
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- as above
    [socket, name],
  )
  return [value, set]
}

/**
 * The keys that begin with a prefix, and their values; without one, all. The map is a copy that nothing changes: the same object until one of
 * its keys does, and values that did not change are the same objects in the next. Its order is not promised. Changes that come
 * together are one render. On a server, and in the first render of a page that came from one, it is empty.
 * A key whose value cannot be read is left out, and goes when such a value comes; `socket.issues` and 'undecodable' tell of it.
 */
export function useSyncMap<K, V>(socket: SyncSocket<K, V>, prefix?: KeyPrefix<K>): ReadonlyMap<K, V> {
  const name = keyName(prefix ?? '')
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the name stands for the prefix
  const view = useMemo(() => new MapView(socket, prefix), [socket, name])
  const none = useMemo(() => new Map<K, V>(), [])
  return useSyncExternalStore(view.subscribe, view.snapshot, () => none)
}

/** How the node is: 'opening', 'failed', 'alone' or 'linked'. On a server, and in the first render of a page that came from one, 'opening'. */
export function useSyncStatus<K, V>(socket: SyncSocket<K, V>): SyncStatus {
  const view = useMemo(() => new StatusView(socket), [socket])
  return useSyncExternalStore(view.subscribe, view.snapshot, opening)
}

function nothing(): undefined {
  return undefined
}

function opening(): SyncStatus {
  return 'opening'
}
