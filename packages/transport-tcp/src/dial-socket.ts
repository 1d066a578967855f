import { Socket } from 'node:net'

/** The socket that `connect` makes; if it throws (no such port, a faulty certificate), one that fails with that error. */
export function dialSocket(connect: () => Socket): Socket {
  try {
    return connect()
  } catch (error) {
    return new Socket().destroy(error instanceof Error ? error : new Error(String(error)))
  }
}
