// A node in a process of its own, over TCP on 127.0.0.1. Does what the parent says, and reports what it hears.
import { election } from '@ts2p/locks'
import type { Election } from '@ts2p/locks'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { now } from './conversation.ts'
import type { Command, News } from './conversation.ts'
import { work } from './job-worker.ts'

const socket = new SyncSocket<string, string>({
  transports: [tcp()],
  listen: { host: '127.0.0.1', port: 0 },
  keyEncoding: 'utf8',
  valueEncoding: 'utf8',
})
let standing: Election<string> | undefined

socket.on('change', ({ type, key }) => {
  if (type !== 'delete') report({ event: type, key })
})
process.on('message', (command: Command) => void obey(command))
// The parent has ended.
process.on('disconnect', () => process.exit())

async function obey(command: Command): Promise<void> {
  switch (command.do) {
    case 'join': {
      await socket.listen()
      await Promise.all(command.ports.map((port) => socket.connect('127.0.0.1', port)))
      return report({ event: 'joined', id: socket.id, port: socket.addresses[0]?.port ?? 0 })
    }
    case 'register': {
      const { keys, leaseSeconds } = command
      for (const key of keys) socket.set(key, socket.id, { ephemeral: true, leaseSeconds })
      return
    }
    case 'look':
      return report({ event: 'keys', keys: [...socket.keys()] })
    case 'stand':
      return stand(command.leaseSeconds)
    case 'resign':
      return resign()
    case 'fill':
      socket.update(command.keys.map((key) => [key, socket.id] as const))
      return
    case 'work':
      await work(socket, command.prefix, (key) => report({ event: 'performed', key }))
      return report({ event: 'worked' })
    case 'close':
      await socket.close()
      process.disconnect()
  }
}

function stand(leaseSeconds: number): void {
  standing = election(socket, 'leader', { leaseSeconds })
  standing.on('elected', (term) => {
    report({ event: 'elected', token: term.token })
    term.on('lost', () => report({ event: 'ended', token: term.token }))
  })
}

function resign(): void {
  const token = standing?.term?.token
  standing?.close()
  if (token !== undefined) report({ event: 'ended', token })
}

function report(news: News): void {
  if (process.connected) process.send?.({ ...news, at: now() })
}
