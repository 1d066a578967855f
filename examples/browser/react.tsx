// Components that look at the dictionary by hooks, and at themselves: how often each is rendered, and whether two of them ever show
// different states in one picture. The port of a node without leases stands behind the # of the page's address.
import { useSyncMap, useSyncStatus, useSyncValue } from '@ts2p/react'
import { SyncSocket } from '@ts2p/sync'
import { websocket } from '@ts2p/transport-websocket'
import { startTransition, StrictMode, useEffect, useLayoutEffect, useState } from 'react'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

const node = new SyncSocket<string, string>({
  transports: [websocket()],
  keyEncoding: 'utf8',
  valueEncoding: 'utf8',
  leasing: false,
})
const renders: Record<string, number> = {}
const tears: string[][] = []

function Field({ name }: { readonly name: string }): ReactNode {
  const [value = '', set] = useSyncValue(node, name)
  useEffect(() => {
    renders[name] = (renders[name] ?? 0) + 1
  })
  return <input aria-label={name} value={value} onChange={(event) => set(event.target.value || undefined)} />
}

function People(): ReactNode {
  const people = useSyncMap(node, 'people/')
  return <p>{people.size === 0 ? 'Nobody.' : [...people.values()].toSorted().join(', ')}</p>
}

/** Takes so long to render that a transition is interrupted between two of them. */
function Slow(): ReactNode {
  const [value = ''] = useSyncValue(node, 'count')
  const end = performance.now() + 3
  while (performance.now() < end);
  useLayoutEffect(() => {
    const shown = [...document.querySelectorAll('.slow')].map(({ textContent }) => textContent ?? '')
    if (new Set(shown).size > 1) tears.push(shown)
  })
  return <i className="slow">{value}</i>
}

function Page(): ReactNode {
  const [hasSlow, setHasSlow] = useState(false)
  const [hasFields, setHasFields] = useState(true)
  const status = useSyncStatus(node)
  return (
    <>
      <p>{status}</p>
      {hasFields && [<Field key="a" name="a" />, <Field key="b" name="b" />, <People key="people" />]}
      {hasSlow && Array.from({ length: 40 }, (_, index) => <Slow key={index} />)}
      <button onClick={() => startTransition(() => setHasSlow(!hasSlow))}>Slow</button>
      <button onClick={() => setHasFields(!hasFields)}>Fields</button>
    </>
  )
}

const listeners = (): number => node.listenerCount('change')
Object.assign(globalThis, { node, seen: { renders, tears, listeners } })
const root = document.querySelector('#root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  )
await node.connect('127.0.0.1', Number(location.hash.slice(1)))
