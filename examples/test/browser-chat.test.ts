import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from './chromium.ts'
import { NodeOfTabs } from './node-of-tabs.ts'
import { PageServer } from './page-server.ts'
import { Pages } from './pages.ts'
import { Project } from './project.ts'
import { Tab } from './tab.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

// As its README has it: a node with leases of 90 s, and the page opened twice. Nobody waits for 90 s here.
describe.runIf(hasChromium())('the chat', () => {
  const hub = new NodeOfTabs({ leaseSeconds: 90 })
  let pages: Pages
  let server: PageServer
  let browser: Browser

  beforeAll(async () => {
    pages = await Pages.build(new Project(inject('wholeProject')), ['index.html'], 'browser-chat')
    server = new PageServer(pages)
    await server.listen()
    await hub.start()
    browser = await startChromium()
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await hub.stop()
    pages?.remove()
  })

  /** A tab, in which somebody has given a name. */
  async function join(name: string): Promise<Tab> {
    const tab = await Tab.open(browser, server.urlOf('index.html', hub.port))
    expect(await tab.shows('Connected')).toBe(true)
    // By the label that a screen reader says, and by the keyboard.
    await tab.page.getByLabel('Your name').fill(name)
    await tab.page.keyboard.press('Enter')
    expect(await tab.shows(`${name} (you)`)).toBe(true)
    return tab
  }

  async function say(tab: Tab, text: string): Promise<void> {
    await tab.page.getByLabel('Message', { exact: true }).fill(text)
    await tab.page.keyboard.press('Enter')
  }

  /** Refused and failed connections are told on the console by the browser itself. */
  function complaintsOf(tab: Tab): string[] {
    return tab.complaints.filter((text) => !/WebSocket connection to .* failed/.test(text))
  }

  test('both see the messages, and who is here; who closes the tab is here no more', async () => {
    const [anna, bert] = [await join('Anna'), await join('Bert')]
    expect(await Promise.all([anna.shows('Bert'), bert.shows('Anna')])).toEqual([true, true])
    await say(anna, 'Hello <b>Bert</b>')
    expect(await bert.shows('Hello <b>Bert</b>')).toBe(true)
    await say(bert, 'Hello Anna')
    expect(await anna.shows('Hello Anna')).toBe(true)
    const log = bert.page.getByRole('log', { name: 'Messages' }).getByRole('paragraph')
    expect(await log.allTextContents()).toEqual(['Hello <b>Bert</b>', 'Hello Anna'])

    // As a person does, so that the page hears of it.
    await bert.page.close({ runBeforeUnload: true })
    expect(await anna.hides('Bert')).toBe(true)
    expect(await anna.shows('Hello Anna')).toBe(true)
    expect([...complaintsOf(anna), ...complaintsOf(bert)]).toEqual([])
    await anna.page.close()
  })

  test('the node is started again with nothing: the tabs return by themselves, and what was written offline comes', async () => {
    const [anna, bert] = [await join('Anna'), await join('Bert')]
    await say(anna, 'before')
    expect(await bert.shows('before')).toBe(true)
    await hub.stop()
    const offline = 'Offline: what you write is sent when you are back'
    expect(await Promise.all([anna.shows(offline), bert.shows(offline)])).toEqual([true, true])
    await say(anna, 'written offline')
    await say(bert, 'this too')

    await hub.start()
    const [fromAnna, fromBert] = [bert.shows('written offline'), anna.shows('this too')]
    expect(await Promise.all([fromAnna, fromBert])).toEqual([true, true])
    // The node has from the tabs what it had lost.
    await hub.until((socket) => [...socket.values()].some((each) => JSON.stringify(each).includes('"before"')))
    expect([...complaintsOf(anna), ...complaintsOf(bert)]).toEqual([])
    await Promise.all([anna.page.close(), bert.page.close()])
  })

  test('after the machine was offline and has slept, it returns when it is online', async () => {
    const [anna, bert] = [await join('Anna'), await join('Bert')]
    const devtools = await bert.page.context().newCDPSession(bert.page)
    await devtools.send('Network.enable')
    const emulate = (offline: boolean): Promise<unknown> =>
      devtools.send('Network.emulateNetworkConditions', {
        offline,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: -1,
      })
    await emulate(true)
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
    await hub.stop()
    await hub.start()
    await say(anna, 'while you slept')
    expect(await anna.shows('Connected')).toBe(true)

    await devtools.send('Page.setWebLifecycleState', { state: 'active' })
    expect(await bert.shows('Offline: what you write is sent when you are back')).toBe(true)
    await say(bert, 'I dreamt')
    await emulate(false)
    expect(await Promise.all([bert.shows('while you slept'), anna.shows('I dreamt')])).toEqual([true, true])
    expect([...complaintsOf(anna), ...complaintsOf(bert)]).toEqual([])
    await Promise.all([anna.page.close(), bert.page.close()])
  })

  test('the scripts hold nothing of Node, and make no code of strings', () => {
    expect(pages.find(/['"`]node:|\brequire\(|__vite-browser-external|\beval\b|\bFunction\(/)).toEqual([])
  })
})
