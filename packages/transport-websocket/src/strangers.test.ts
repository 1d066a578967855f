import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { Stage } from '@ts2p/transport-contract'
import type { Recorder, Subject } from '@ts2p/transport-contract'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { testCertificate } from './certificate.test-helper.ts'
import { secureWebsocket, websocket } from './index.ts'

const certificate = await testCertificate(['127.0.0.1'])
const ws: Subject = { transport: websocket() }
const wss: Subject = {
  transport: secureWebsocket({ certificate }),
  dialer: secureWebsocket({ ca: certificate.cert }),
}

/** A program that knows nothing of WebSockets and connects. */
async function stranger(stage: Stage): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: stage.port }).on('error', () => undefined)
  await once(socket, 'connect')
  return socket.resume()
}

/** A program that speaks WebSocket but is no well-behaved node, and the link with it. */
async function rogue(stage: Stage): Promise<{ socket: WebSocket; link: Recorder }> {
  const socket = new WebSocket(`ws://127.0.0.1:${stage.port}/`)
  await once(socket, 'open')
  const link = await stage.acceptedAt(0)
  await link.opened()
  return { socket: socket.on('error', () => undefined), link }
}

describe.each([
  ['ws', ws, 'GET / HTTP/1.1\r\nhost: '],
  ['wss', wss, '\x16\x03\x01\x02\x00\x01'],
])('a stranger at a %s port', (_name, subject, beginning) => {
  test('who sends garbage is sent off, and its link never opens', async () => {
    const stage = await Stage.open(subject)
    const garbler = await stranger(stage)
    garbler.write(Buffer.alloc(4096, 'garbage'))
    await once(garbler, 'close')
    const link = await stage.acceptedAt(0)
    await link.closed()
    expect(link.told).toEqual(['close'])
    await stage.roundTrip()
    expect(await stage.end()).toEqual([])
  })

  test('who leaves in the midst of the handshake has a link that never opens', async () => {
    const stage = await Stage.open(subject)
    const leaver = await stranger(stage)
    leaver.end(beginning, 'latin1')
    await once(leaver, 'close')
    const link = await stage.acceptedAt(0)
    await link.closed()
    expect(link.told).toEqual(['close'])
    await stage.roundTrip()
    expect(await stage.end()).toEqual([])
  })

  test('who has not finished the handshake is a link that can be destroyed', async () => {
    const stage = await Stage.open(subject)
    const slow = await stranger(stage)
    slow.write(beginning, 'latin1')
    const link = await stage.acceptedAt(0)
    await stage.roundTrip()
    expect([link.remoteHost, link.told]).toEqual(['127.0.0.1', []])
    const closed = once(slow, 'close')
    link.destroy()
    await closed
    expect(await link.closed()).toBeUndefined()
    expect(await stage.end()).toEqual([])
  })
})

describe('the link ends with an error when the other side sends', () => {
  test('text', async () => {
    const stage = await Stage.open(ws)
    const { socket, link } = await rogue(stage)
    socket.send('text')
    expect((await link.closed())?.message).toBe('The link ends: the other side sent text.')
    expect(await stage.end()).toEqual([])
  })

  test('more than 1,000 empty messages in a row', async () => {
    const stage = await Stage.open(ws)
    const { socket, link } = await rogue(stage)
    for (let count = 0; count < 1000; count += 1) socket.send(new Uint8Array(0))
    socket.send(Uint8Array.of(1))
    await link.received(1)
    for (let count = 0; count < 1001; count += 1) socket.send(new Uint8Array(0))
    expect((await link.closed())?.message).toBe('The link ends: the other side sent nothing but empty messages.')
    expect(link.receivedBytes).toBe(1)
    expect(await stage.end()).toEqual([])
  })

  test('a message of more than 2 MiB', async () => {
    const stage = await Stage.open(ws)
    const { socket, link } = await rogue(stage)
    socket.send(new Uint8Array(2 * 1024 * 1024))
    await link.received(2 * 1024 * 1024)
    socket.send(new Uint8Array(2 * 1024 * 1024 + 1))
    expect((await link.closed())?.message).toContain('Max payload size exceeded')
    await once(socket, 'close')
    expect(await stage.end()).toEqual([])
  })

  test('a message in a million empty fragments', async () => {
    const stage = await Stage.open(ws)
    const { socket, link } = await rogue(stage)
    let sent = 0
    const isOpen = (): boolean => socket.readyState === WebSocket.OPEN
    const sendSome = (): void => {
      for (let count = 0; count < 1000 && isOpen(); count += 1, sent += 1) socket.send('', { binary: true, fin: false })
      if (sent < 1_000_000 && isOpen()) setImmediate(sendSome)
    }
    sendSome()
    expect(await link.closed()).toBeInstanceOf(Error)
    expect(link.receivedBytes).toBe(0)
    socket.terminate()
    expect(await stage.end()).toEqual([])
  })

  test('the end of its connection without a word', async () => {
    const stage = await Stage.open(ws)
    const { socket, link } = await rogue(stage)
    socket.terminate()
    expect((await link.closed())?.message).toBe('The link ends: the WebSocket was closed with code 1006.')
    expect(await stage.end()).toEqual([])
  })
})
