import { useSyncMap, useSyncStatus } from '@ts2p/react'
import { memo } from 'react'
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react'
import type { BoardSocket, Note } from './network.ts'

/** How far an arrow key moves a note, pixels. */
const step = 20
const arrows: ReadonlyMap<string, readonly [x: number, y: number]> = new Map([
  ['ArrowLeft', [-step, 0]],
  ['ArrowRight', [step, 0]],
  ['ArrowUp', [0, -step]],
  ['ArrowDown', [0, step]],
])

export function Board({ socket }: { readonly socket: BoardSocket }): ReactNode {
  const notes = useSyncMap(socket, 'note/')
  const status = useSyncStatus(socket)
  function add(): void {
    const place = 20 + (notes.size % 8) * 30
    socket.set(`note/${crypto.randomUUID()}`, { text: '', x: place, y: place })
  }
  return (
    <>
      <header>
        <h1>Board</h1>
        <button onClick={add}>Add a note</button>
        <p role="status">
          {status === 'linked' ? 'Connected' : 'Offline: what you change goes to the others when you are back'}
        </p>
      </header>
      <main aria-label="Notes">
        {[...notes].toSorted(byKey).map(([key, note]) => (
          <Card key={key} socket={socket} name={key} note={note} />
        ))}
      </main>
    </>
  )
}

/** A note that did not change is the same object as before, and is not rendered again. */
const Card = memo(function Card({ socket, name, note }: { socket: BoardSocket; name: string; note: Note }): ReactNode {
  const { text = '', x = 0, y = 0 } = note
  function change(fields: Partial<Note>): void {
    // Another tab may have deleted it: a note is not made of some of its fields.
    if (socket.has(name)) socket.applyDelta(name, fields)
  }
  function onKeyDown(event: KeyboardEvent): void {
    const [right, down] = arrows.get(event.key) ?? []
    if (right === undefined || down === undefined) return
    event.preventDefault()
    change({ x: Math.max(0, x + right), y: Math.max(0, y + down) })
  }
  function onPointerMove(event: PointerEvent): void {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    change({ x: Math.max(0, x + event.movementX), y: Math.max(0, y + event.movementY) })
  }
  return (
    <article style={{ left: x, top: y }}>
      <div>
        <button
          className="handle"
          aria-label={`Move: ${text || 'empty note'}`}
          title="Drag, or use the arrow keys"
          onKeyDown={onKeyDown}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={onPointerMove}
        >
          ✥
        </button>
        <button aria-label={`Delete: ${text || 'empty note'}`} onClick={() => socket.del(name)}>
          ✕
        </button>
      </div>
      <textarea aria-label="Note" value={text} onChange={(event) => change({ text: event.target.value })} />
    </article>
  )
})

function byKey([a]: readonly [string, Note], [b]: readonly [string, Note]): number {
  return a < b ? -1 : 1
}
