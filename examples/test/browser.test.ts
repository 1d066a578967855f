import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PageServer } from './page-server.ts'

const executablePath = process.env['TS2P_CHROMIUM'] ?? '/usr/bin/chromium'
const hasBrowser = existsSync(executablePath)
if (!hasBrowser && process.env['CI'] === undefined) {
  console.warn('No chromium here: the tests in a browser are left out. Name one by TS2P_CHROMIUM.')
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The next event of a kind that fits. */
function heard<V>(
  socket: SyncSocket<string, V>,
  event: 'update' | 'delete',
  key: string,
): Promise<{ key: string; value?: V; owner: string }> {
  return new Promise((resolve) =>
    socket.on(event, (told: { key: string; value?: V; owner: string }) => {
      if (told.key === key) resolve(told)
    }),
  )
}

// In CI there is always a browser: without one these fail.
describe.runIf(hasBrowser || process.env['CI'] !== undefined)('the same socket in a page', () => {
  const options = { keyEncoding: 'utf8', valueEncoding: 'utf8' } as const
  const anna = new SyncSocket<string, string>({
    ...options,
    transports: [tcp(), websocket()],
    listen: [{ transport: 'tcp' }, { transport: 'ws' }],
  })
  const bert = new SyncSocket<string, string>({ ...options, transports: [tcp()], listen: {} })
  const complaints: string[] = []
  let server: PageServer
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    await anna.listen()
    const portOf = (transport: string): number => anna.addresses.find((each) => each.transport === transport)?.port ?? 0
    await bert.connect('127.0.0.1', portOf('tcp'))
    anna.set('before', 'set before the page came')
    server = await PageServer.start()
    browser = await chromium.launch({ executablePath, args: flags })
    page = await browser.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    await page.goto(`${server.url}#${portOf('ws')}`)
    await page.waitForSelector('body[data-joined]')
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await Promise.all([anna.close(), bert.close()])
  })

  test('the page has what was there before it came', async () => {
    await page.waitForSelector('li:text("before = set before the page came")')
  })

  test('what a Node process sets is in the page', async () => {
    bert.set('from bert', 'hello page')
    await page.waitForSelector('li:text("from bert = hello page")')
  })

  test('what the page sets is on every Node process, also on one that it is not linked with', async () => {
    const both = Promise.all([heard(anna, 'update', 'from the page'), heard(bert, 'update', 'from the page')])
    const id = await page.evaluate(() => window.socket.set('from the page', 'hello Node').id)
    for (const { value, owner } of await both) expect([value, owner]).toEqual(['hello Node', id])
  })

  test('the page may not change what bert holds, and is told whose it is', async () => {
    const error = await page.evaluate(() => {
      try {
        window.socket.set('from bert', 'mine')
        return undefined
      } catch (caught) {
        return caught instanceof Error && 'code' in caught && 'owner' in caught ? [caught.code, caught.owner] : caught
      }
    })
    expect(error).toEqual(['LEASE_HELD', bert.id])
  })

  test('a deletion goes both ways', async () => {
    const gone = heard(bert, 'delete', 'from the page')
    await page.evaluate(() => window.socket.del('from the page'))
    await gone
    bert.del('from bert')
    await page.waitForSelector('li:text("from bert")', { state: 'detached' })
  })

  test('messages go to all, and an answer to the page alone', async () => {
    bert.registerHandler((message) => {
      if (message.type !== 'question') return undefined
      void message.reply(['answer', '42'])
      return true
    })
    const answer = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          window.socket.on('message', () => {
            const message = window.socket.recv()
            resolve(message?.packets.slice(1).map((packet) => new TextDecoder().decode(packet)).join(' ') ?? 'none')
          })
          window.socket.send(['?'], { type: 'question' })
        }),
    )
    expect(answer).toBe('answer 42')
  })

  test("js2p's names work in the page, where Buffers are bytes that print as text; a node notices when it leaves", async () => {
    // A network of its own, so that the page is all that cleo is linked with.
    const cleo = new SyncSocket<string, string>({ ...options, subnet: 'another', transports: [websocket()], listen: {} })
    await cleo.listen()
    cleo.set('greeting', 'hello page')
    const left = new Promise<void>((resolve) => cleo.once('disconnect', resolve))
    const printed = await page.evaluate(
      async (port) => {
        const { base, sync } = window.names
        const sock = new sync.sync_socket(null, null, true, new base.protocol('another', 'ws'))
        const text = new Promise<string>((resolve) =>
          sock.on('update', (conn, key, new_data) => resolve(`${key.toString()}: ${new_data.toString()}, by ${conn.id}`)),
        )
        await sock.connect('127.0.0.1', port)
        const told = (await text).replace(sock.id, 'the page')
        await sock.close()
        return told
      },
      cleo.addresses[0]?.port ?? 0,
    )
    expect(printed).toBe('greeting: hello page, by the page')
    await left
    await cleo.close()
  })

  test('the policy was kept, and the page complained of nothing', () => {
    expect(complaints).toEqual([])
  })

  test('the scripts hold nothing of Node and no eval', () => {
    const scripts = server.scripts()
    expect(scripts).not.toMatch(/\bnode:|require\(['"](?:net|tls|http|crypto|buffer|stream)['"]\)/)
    expect(scripts).not.toMatch(/\beval\(|new Function\(/)
    expect(scripts).not.toMatch(/WebSocketServer|perMessageDeflate/)
  })
})
