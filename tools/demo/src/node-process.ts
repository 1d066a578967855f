// The process of one node: does what the director asks, by the API that everybody uses, and tells what it sees.
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'
import type { Answers, Command, NodeSetup, Reply, Report, Request } from './conversation.ts'

let node: SyncSocket<string, string> | undefined

process.on('message', (request: Request) => void answer(request))
// A director that is gone needs no nodes.
process.on('disconnect', () => process.exit())

async function answer({ number, command }: Request): Promise<void> {
  try {
    tell({ number, answer: await run(command) })
  } catch (error) {
    const { message: sentence, code = 'UNKNOWN' } = error as Error & { code?: string }
    tell({ number, failure: { code, sentence } })
  }
}

async function run(command: Command): Promise<Answers[keyof Answers]> {
  if (command.do === 'start') return start(command.setup)
  if (!node) throw new Error('The node is not started.')
  switch (command.do) {
    case 'connect':
      return node.connect('127.0.0.1', command.port) as Promise<undefined>
    case 'set': {
      const at = now()
      node.set(command.key, command.value)
      return { at }
    }
    case 'del': {
      const at = now()
      node.del(command.key)
      return { at }
    }
    case 'lease':
      return node.lease(command.key)
    case 'look':
      return { neighbors: [...(node.routingTable?.keys() ?? [])], entries: [...node.items()] }
    case 'close':
      await node.close()
      setImmediate(() => process.disconnect())
      return undefined
  }
}

async function start({ transport, subnet, leaseSeconds }: NodeSetup): Promise<Answers['start']> {
  const socket = new SyncSocket<string, string>({
    subnet,
    leaseSeconds,
    transports: transport === 'tcp' ? [tcp(), websocket()] : [websocket()],
    listen: transport === 'tcp' ? [{ transport: 'tcp' }, { transport: 'ws' }] : [],
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
  })
  node = socket
  socket.on('connect', () => report({ event: 'connect', at: now() }))
  socket.on('change', ({ key, value }) => {
    report(value === undefined ? { event: 'delete', at: now(), key } : { event: 'set', at: now(), key, value })
  })
  socket.on('lease-expired', ({ key }) => report({ event: 'lease-expired', at: now(), key }))
  socket.on('refused', ({ message: sentence }) => report({ event: 'refused', at: now(), sentence }))
  await socket.listen()
  return {
    id: socket.id,
    ports: Object.fromEntries(socket.addresses.map((address) => [address.transport, address.port])),
  }
}

function report(told: Report): void {
  tell({ report: told })
}

function tell(reply: Reply): void {
  if (process.connected) process.send?.(reply)
}

function now(): string {
  return process.hrtime.bigint().toString()
}
