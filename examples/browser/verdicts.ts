// A page that judges signatures, by what browsers judge records and handshakes with.
import { portableEd25519 } from '@ts2p/protocol'

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}

// To be tried out in the browser's console, with hexadecimal.
Object.assign(globalThis, {
  verdictOf: (signature: string, message: string, publicKey: string) =>
    portableEd25519.verify(bytes(signature), bytes(message), bytes(publicKey)),
})
const state = document.querySelector('#state')
if (state) state.textContent = 'Ready.'
