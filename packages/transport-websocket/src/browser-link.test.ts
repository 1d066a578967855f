import { UnreachableError } from '@ts2p/base'
import { Calls, Recorder } from '@ts2p/transport-contract'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeWebSocket } from './fake-web-socket.test-helper.ts'
import { secureWebsocket, websocket } from './websocket-browser.ts'

const mebibyte = 1024 * 1024

beforeEach(() => {
  FakeWebSocket.made = []
  vi.stubGlobal('WebSocket', FakeWebSocket)
  vi.useFakeTimers({ toFake: ['setTimeout'] })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** A link that a page dials, and the browser's socket beneath it. */
function dial(host = 'node.example'): { link: Recorder; socket: FakeWebSocket } {
  const link = new Recorder(websocket().dial(host, 4444), new Calls())
  const socket = FakeWebSocket.made[0] ?? new FakeWebSocket('')
  return { link, socket }
}

function dialOpen(): { link: Recorder; socket: FakeWebSocket } {
  const { link, socket } = dial()
  socket.open()
  return { link, socket }
}

test.each([
  ['app.example.org', true],
  ['intranet', false],
  ['localhost', false],
  ['', false],
])('names of nodes are public to a page of %j: %s', (hostname, isPublic) => {
  vi.stubGlobal('location', { hostname })
  expect(websocket().dial('node.example', 4444).isPublicName).toBe(isPublic)
})

test('pages dial and do not listen', () => {
  for (const transport of [websocket(), secureWebsocket()]) expect('listen' in transport).toBe(false)
  secureWebsocket().dial('::1', 443)
  expect(FakeWebSocket.made[0]?.url).toBe('wss://[::1]:443/')
})

describe('a dial that fails is an UnreachableError', () => {
  test('when the browser reports an error', async () => {
    const { link, socket } = dial()
    socket.fail()
    const error = await link.closed()
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error).toMatchObject({ host: 'node.example', port: 4444 })
    expect(error?.message).toContain('no WebSocket could be opened')
    expect(link.told).toEqual(['close'])
  })

  test('when the browser only closes', async () => {
    const { link, socket } = dial()
    socket.end(1006)
    expect(await link.closed()).toBeInstanceOf(UnreachableError)
  })

  test('when the browser does not even try', async () => {
    const { link } = dial('blocked.example')
    const error = await link.closed()
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error?.message).toContain('an insecure WebSocket from a secure page')
    expect(link.breaches).toEqual([])
  })

  test('but not when the page has given it up', async () => {
    const { link, socket } = dial()
    link.destroy()
    socket.fail()
    expect(await link.closed()).toBeUndefined()
    expect(link.told).toEqual(['close'])
  })
})

describe('what a page sends', () => {
  test('goes as one message, or several of 1 MiB', () => {
    const { link, socket } = dialOpen()
    link.write(Uint8Array.of(1), Uint8Array.of(2, 3))
    expect(socket.sent).toEqual([Uint8Array.of(1, 2, 3)])
    link.write(new Uint8Array(2.5 * mebibyte))
    expect(socket.sent.slice(1).map(({ length }) => length)).toEqual([mebibyte, mebibyte, 0.5 * mebibyte])
  })

  test('has drained when the browser holds nothing any more', () => {
    const { link, socket } = dialOpen()
    link.write(new Uint8Array(1000))
    expect(link.bufferedBytes).toBe(1000)
    vi.advanceTimersByTime(100)
    expect(link.told).toEqual(['open'])
    socket.bufferedAmount = 0
    vi.advanceTimersByTime(100)
    expect(link.told).toEqual(['open', 'drain'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is not looked after any more once the socket has closed', () => {
    const { link, socket } = dialOpen()
    link.write(new Uint8Array(1000))
    socket.end(1006)
    vi.advanceTimersByTime(100)
    expect(socket.bufferedAmount).toBe(1000)
    expect(vi.getTimerCount()).toBe(0)
    expect(link.told).toEqual(['open', 'close'])
  })
})

describe('while a page’s handler is paused', () => {
  test('chunks wait, and keep their order with those that come at the resume', async () => {
    const { link, socket } = dialOpen()
    link.pause()
    socket.receive(Uint8Array.of(1).buffer)
    socket.receive(Uint8Array.of(2).buffer)
    expect(link.chunks).toEqual([])
    link.resume()
    socket.receive(Uint8Array.of(3).buffer)
    await link.received(3)
    expect(link.chunks).toEqual([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)])
    expect(link.breaches).toEqual([])
  })

  test('it may pause again after the first of them', async () => {
    const { link, socket } = dialOpen()
    link.pause()
    socket.receive(Uint8Array.of(1).buffer)
    socket.receive(Uint8Array.of(2).buffer)
    link.react = (event) => event === 'data' && link.pause()
    link.resume()
    await link.received(1)
    socket.receive(Uint8Array.of(3).buffer)
    expect(link.chunks).toEqual([Uint8Array.of(1)])
    link.react = () => undefined
    link.resume()
    await link.received(3)
    expect(link.chunks).toEqual([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)])
  })

  test('the end waits, too', async () => {
    const { link, socket } = dialOpen()
    link.pause()
    socket.receive(Uint8Array.of(1).buffer)
    socket.end(1000)
    expect(link.told).toEqual(['open'])
    link.resume()
    expect(await link.closed()).toBeUndefined()
    expect(link.told).toEqual(['open', 'data', 'close'])
  })

  test('unless it ends the link itself', async () => {
    for (const ending of ['close', 'destroy'] as const) {
      FakeWebSocket.made = []
      const { link, socket } = dialOpen()
      link.pause()
      socket.receive(Uint8Array.of(1).buffer)
      socket.end(1006)
      link[ending]()
      // oxlint-disable-next-line no-await-in-loop -- one ending after the other
      expect(await link.closed()).toBeUndefined()
      expect(link.told).toEqual(['open', 'close'])
    }
  })

  test('more than 2 MiB do not wait: the link ends', async () => {
    const { link, socket } = dialOpen()
    link.pause()
    for (let count = 0; count < 31; count += 1) socket.receive(new ArrayBuffer(64 * 1024))
    expect(socket.closedWith).toEqual([])
    socket.receive(new ArrayBuffer(64 * 1024))
    expect((await link.closed())?.message).toBe('The link ends: the other side sent more than can wait.')
  })

  test('nor do very many single bytes', async () => {
    const { link, socket } = dialOpen()
    link.pause()
    for (let count = 0; count < 17_000; count += 1) socket.receive(new ArrayBuffer(1))
    expect((await link.closed())?.message).toBe('The link ends: the other side sent more than can wait.')
  })
})

describe('the end of a page’s link', () => {
  test.each([1000, 1001, 1005])('with code %i has no error', async (code) => {
    const { link, socket } = dialOpen()
    socket.end(code)
    expect(await link.closed()).toBeUndefined()
  })

  test.each([1002, 1006, 1009, 1011])('with code %i has one', async (code) => {
    const { link, socket } = dialOpen()
    socket.end(code)
    expect((await link.closed())?.message).toBe(`The link ends: the WebSocket was closed with code ${code}.`)
  })

  test('by close waits for the other side, and has no error whatever the code', async () => {
    const { link, socket } = dialOpen()
    link.close()
    await Promise.resolve()
    expect([socket.closedWith, link.told]).toEqual([[1000], ['open']])
    socket.receive(Uint8Array.of(1).buffer)
    socket.end(1006)
    expect(await link.closed()).toBeUndefined()
    expect(link.told).toEqual(['open', 'close'])
  })

  test('by destroy does not wait', async () => {
    const { link, socket } = dialOpen()
    link.destroy()
    expect(await link.closed()).toBeUndefined()
    socket.receive(Uint8Array.of(1).buffer)
    socket.fail()
    expect(link.told).toEqual(['open', 'close'])
    expect(link.breaches).toEqual([])
  })

  test('comes with an error for text', async () => {
    const { link, socket } = dialOpen()
    socket.receive('text')
    expect((await link.closed())?.message).toBe('The link ends: the other side sent text.')
  })
})
