import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Board } from './board.tsx'
import { hurry, openNode } from './network.ts'

const socket = await openNode()
// A machine that slept, or was offline, need not wait for the next attempt.
addEventListener('online', () => hurry(socket))
document.addEventListener('visibilitychange', () => hurry(socket))

// To be tried out in the browser's console: node.set('note/1', { text: 'hello', x: 0, y: 0 })
Object.assign(globalThis, { node: socket })

const root = document.querySelector('#root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <Board socket={socket} />
    </StrictMode>,
  )
