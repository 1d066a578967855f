import type { Browser } from 'playwright-core'
import { SyncSocket } from '@ts2p/sync'
import { noise } from '@ts2p/transport-noise'
import { tcp } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'
import { base, sync } from 'ts2p'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from './chromium.ts'
import { PageServer } from './page-server.ts'
import { Pages } from './pages.ts'
import { Project } from './project.ts'
import { Tab } from './tab.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

const encodings = { keyEncoding: 'utf8', valueEncoding: 'utf8' } as const
const host = '127.0.0.1'

/** The value of a key and who set it, when a node hears of it. */
function updateOf(socket: SyncSocket<string, string>, key: string): Promise<{ value: string; owner: string }> {
  return new Promise((resolve) => {
    socket.on('change', (change) => {
      if (change.type === 'set' && change.key === key) resolve({ value: change.value, owner: change.owner })
    })
  })
}

/** The next message that no handler takes, as text. */
function messageTo(socket: SyncSocket<string, string>): Promise<string[]> {
  return new Promise((resolve) => {
    socket.once('message', () =>
      resolve((socket.recv()?.packets ?? []).map((packet) => new TextDecoder().decode(packet))),
    )
  })
}

function portOf(socket: SyncSocket<string, string>, transport: string): number {
  const address = socket.addresses.find((each) => each.transport === transport)
  if (!address) throw new Error(`The node does not listen for ${transport}.`)
  return address.port
}

// Anna listens for TCP and WebSockets, bert knows TCP only, the page WebSockets only: what they have of each other
// goes through anna.
describe.runIf(hasChromium())('the same socket in a page', () => {
  const anna = new SyncSocket<string, string>({
    ...encodings,
    transports: [tcp(), websocket()],
    listen: [
      { transport: 'tcp', host },
      { transport: 'ws', host },
    ],
  })
  const bert = new SyncSocket<string, string>({ ...encodings, transports: [tcp()], listen: { host } })
  let pages: Pages
  let server: PageServer
  let browser: Browser
  let tab: Tab

  beforeAll(async () => {
    pages = await Pages.build(new Project(inject('wholeProject')), ['index.html', 'js2p-names.html', 'noise.html'])
    server = new PageServer(pages)
    await server.listen()
    browser = await startChromium()
    await anna.listen()
    await bert.connect(host, portOf(anna, 'tcp'))
    anna.set('before', 'set before the page came')
    tab = await Tab.open(browser, server.urlOf('index.html', portOf(anna, 'ws')))
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await Promise.all([anna.close(), bert.close()])
    pages?.remove()
  })

  test('it joins, and has what was there before it came', async () => {
    expect(await tab.shows('Joined.')).toBe(true)
    expect(await tab.shows('before = set before the page came')).toBe(true)
  })

  test('what a Node process sets is in the page', async () => {
    bert.set('from bert', 'hello page')
    expect(await tab.shows('from bert = hello page')).toBe(true)
  })

  test('what the page sets is on every Node process, also on one that it is not linked with', async () => {
    const heard = Promise.all([updateOf(anna, 'from the page'), updateOf(bert, 'from the page')])
    const owner = await tab.page.evaluate(() => node.set('from the page', 'hello Node').id)
    expect(await heard).toEqual([
      { value: 'hello Node', owner },
      { value: 'hello Node', owner },
    ])
    expect(bert.routingTable?.has(owner)).toBe(false)
  })

  test('the page may not change what bert holds, and is told whose it is, and until when', async () => {
    const refusal = await tab.page.evaluate(() => {
      try {
        node.set('from bert', 'mine')
        return undefined
      } catch (error) {
        return error instanceof Error ? Object.assign({}, error, { message: error.message }) : undefined
      }
    })
    expect(refusal).toMatchObject({
      name: 'LeaseHeldError',
      code: 'LEASE_HELD',
      owner: bert.id,
      expiresAt: bert.lease('from bert')?.expiresAt,
      message: expect.stringContaining('"from bert" is leased by'),
    })
    expect(bert.get('from bert')).toBe('hello page')
  })

  test('a deletion goes both ways', async () => {
    const gone = new Promise((resolve) => bert.once('change', resolve))
    await tab.page.evaluate(() => node.del('from the page'))
    expect(await gone).toMatchObject({ key: 'from the page' })
    bert.del('from bert')
    expect(await tab.hides('from bert = hello page')).toBe(true)
  })

  test('the page asks all, and bert answers the page alone', async () => {
    bert.registerHandler((message) => {
      if (message.type !== 'question to Node') return false
      void message.reply(['answer', '42'])
      return true
    })
    const answer = await tab.page.evaluate(
      () =>
        new Promise((resolve) => {
          node.once('message', () => resolve(node.recv()?.packets.map((packet) => new TextDecoder().decode(packet))))
          node.send(['?'], { type: 'question to Node' })
        }),
    )
    expect(answer).toEqual(['whisper', 'answer', '42'])
    expect(anna.recv()?.type).toBe('question to Node')
  })

  test('bert asks all, and the page answers bert alone', async () => {
    await tab.page.evaluate(() =>
      node.registerHandler((message) => {
        if (message.type !== 'question to pages') return false
        void message.reply(['answer', String(message.packets.length)])
        return true
      }),
    )
    const answer = messageTo(bert)
    bert.send(['?', '?'], { type: 'question to pages' })
    expect(await answer).toEqual(['whisper', 'answer', '3'])
  })

  test('a node notices when a page is closed', async () => {
    // A network of its own, in which the page is all that the node is linked with.
    const cleo = new SyncSocket<string, string>({ ...encodings, transports: [websocket()], listen: { host } })
    await cleo.listen()
    const joined = new Promise<void>((resolve) => cleo.once('connect', resolve))
    const left = new Promise<void>((resolve) => cleo.once('disconnect', resolve))
    const other = await Tab.open(browser, server.urlOf('index.html', portOf(cleo, 'ws')))
    await joined
    expect(cleo.routingTable?.size).toBe(1)
    await other.page.close()
    await left
    expect(cleo.routingTable).toBeUndefined()
    expect(other.complaints).toEqual([])
    await cleo.close()
  })

  test('the names of js2p, from the package ts2p', async () => {
    const cleo = new sync.sync_socket(host, 0, true, new base.protocol('my app', 'ws'))
    await cleo.ready
    const answered = new Promise((resolve) => {
      cleo.on('update', (_conn, key, new_data) => {
        if (key.toString() === 'answer') resolve(new_data.toString())
      })
    })
    cleo.set('question', 'of all questions')
    const other = await Tab.open(browser, server.urlOf('js2p-names.html', cleo.addr[1]))
    expect(await answered).toBe('42')
    cleo.del('question')
    expect(await other.shows('question = of all questions')).toBe(true)
    expect(await other.shows('question is gone')).toBe(true)
    expect(other.complaints).toEqual([])
    await cleo.close()
  })

  test('over an encrypted link', async () => {
    const cleo = new SyncSocket<string, string>({ ...encodings, transports: [noise(websocket())], listen: { host } })
    await cleo.listen()
    const answer = updateOf(cleo, 'answer')
    cleo.set('question', 'of all questions')
    const other = await Tab.open(browser, server.urlOf('noise.html', portOf(cleo, 'noise+ws')))
    expect((await answer).value).toBe('42')
    expect(await other.shows('question = of all questions')).toBe(true)
    expect(other.complaints).toEqual([])
    await cleo.close()
  })

  test('the page has complained of nothing, though the policy was in force', async () => {
    expect(tab.complaints).toEqual([])
    const breach = new Promise((resolve) => tab.page.once('console', (message) => resolve(message.text())))
    await tab.page.addScriptTag({ content: 'node.close()' }).catch(() => undefined)
    expect(await breach).toContain('Executing inline script violates')
  })

  test('the scripts hold nothing of Node, and make no code of strings', () => {
    const layers = ['base', 'mesh', 'protocol', 'reconciliation', 'store', 'sync', 'transport-websocket']
    const ours = layers.map((layer) => `@ts2p/${layer}`)
    const theirs = ['@noble/curves', '@noble/ed25519', '@noble/hashes', '@scure/base', 'eventemitter3', 'fflate']
    const pageFiles = ['index.html', 'page.ts', 'js2p-names.html', 'js2p-names.ts']
    // The last two are a few lines of the bundler, for import() and for what is not written as modules.
    const ofNoise = ['@noble/ciphers', '@ts2p/transport-noise', 'noise.html', 'noise.ts']
    expect(pages.packages).toEqual(
      [...ours, ...ofNoise, 'ts2p', ...theirs, ...pageFiles, 'preload-helper.js', 'runtime.js'].toSorted(),
    )
    expect(pages.find(/['"`]node:|\brequire\(|__vite-browser-external/)).toEqual([])
    expect(pages.find(/\beval\b|\bFunction\(/)).toEqual([])
    expect(pages.find(/WebSocketServer|perMessageDeflate/)).toEqual([])
  })
})
