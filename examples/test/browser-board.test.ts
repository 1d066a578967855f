import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from './chromium.ts'
import { NodeOfTabs } from './node-of-tabs.ts'
import { PageServer } from './page-server.ts'
import { Pages } from './pages.ts'
import { Project } from './project.ts'
import { Tab } from './tab.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

describe.runIf(hasChromium())('the board', () => {
  const hub = new NodeOfTabs({ leasing: false })
  let pages: Pages
  let server: PageServer
  let browser: Browser

  beforeAll(async () => {
    pages = await Pages.build(new Project(inject('wholeProject')), ['index.html'], 'browser-board')
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

  async function open(context: BrowserContext): Promise<Tab> {
    const tab = await Tab.openIn(context, server.urlOf('index.html', hub.port))
    expect(await tab.shows('Connected')).toBe(true)
    return tab
  }

  /** Waits until a note with a text is there, or one at a place. */
  async function sees(tab: Tab, wanted: { text: string; left?: string }): Promise<boolean> {
    await tab.page.waitForFunction(
      ({ text, left }) =>
        [...document.querySelectorAll('article')].some(
          (note) => note.querySelector('textarea')?.value === text && (left ?? note.style.left) === note.style.left,
        ),
      wanted,
    )
    return true
  }

  async function noteIs(tab: Tab, text: string): Promise<void> {
    await tab.page.getByRole('button', { name: 'Add a note' }).click()
    await tab.page.getByRole('textbox', { name: 'Note' }).last().waitFor()
    // The one that is empty.
    const empty = tab.page
      .getByRole('article')
      .filter({ has: tab.page.getByRole('button', { name: 'Move: empty note' }) })
    await empty.getByRole('textbox').pressSequentially(text)
    expect(await sees(tab, { text })).toBe(true)
  }

  function complaintsOf(...tabs: readonly Tab[]): string[] {
    return tabs
      .flatMap(({ complaints }) => complaints)
      .filter((text) => !/WebSocket connection to .* failed/.test(text))
  }

  /** Waits until a page that is closed has given its database free. */
  function databaseIsFree(tab: Tab): Promise<unknown> {
    return tab.page.evaluate(() => navigator.locks.request('ts2p board', () => undefined))
  }

  test('notes are written, moved by keyboard and pointer, and deleted, on both', async () => {
    const [here, there] = [await browser.newContext(), await browser.newContext()]
    const [anna, bert] = [await open(here), await open(there)]
    await noteIs(anna, 'milk')
    expect(await sees(bert, { text: 'milk' })).toBe(true)

    await bert.page.getByRole('button', { name: 'Move: milk' }).focus()
    await bert.page.keyboard.press('ArrowRight')
    expect(await sees(anna, { text: 'milk', left: '40px' })).toBe(true)

    const box = await anna.page.getByRole('button', { name: 'Move: milk' }).boundingBox()
    if (!box) throw new Error('The note has no place.')
    await anna.page.mouse.move(box.x + 5, box.y + 5)
    await anna.page.mouse.down()
    await anna.page.mouse.move(box.x + 105, box.y + 65, { steps: 10 })
    await anna.page.mouse.up()
    expect(await sees(bert, { text: 'milk', left: '140px' })).toBe(true)

    // In the middle of a text the cursor stays where it is, though the value comes from the dictionary.
    const text = bert.page.getByRole('textbox', { name: 'Note' })
    await text.focus()
    await bert.page.keyboard.press('Home')
    await text.pressSequentially('oat ')
    expect(await sees(anna, { text: 'oat milk' })).toBe(true)

    await anna.page.getByRole('button', { name: 'Delete: oat milk' }).click()
    await bert.page.getByRole('article').waitFor({ state: 'detached' })
    expect(complaintsOf(anna, bert)).toEqual([])
    await Promise.all([here.close(), there.close()])
  })

  test('what is written offline outlives the page, and reaches the other when the node is back', async () => {
    const [here, there] = [await browser.newContext(), await browser.newContext()]
    const [anna, bert] = [await open(here), await open(there)]
    await hub.stop()
    const offline = 'Offline: what you change goes to the others when you are back'
    expect(await Promise.all([anna.shows(offline), bert.shows(offline)])).toEqual([true, true])
    await noteIs(anna, 'written offline')
    // The change is kept; then the tab is closed, and opened again without a network.
    await anna.page.evaluate(() => node.flush())
    const url = anna.page.url()
    const again = await Tab.openIn(here, url)
    expect(await again.shows(offline)).toBe(true)
    await anna.page.close()
    await databaseIsFree(again)
    await again.page.reload()
    expect(await sees(again, { text: 'written offline' })).toBe(true)

    await hub.start()
    expect(await sees(bert, { text: 'written offline' })).toBe(true)
    expect(complaintsOf(anna, bert, again)).toEqual([])
    await Promise.all([here.close(), there.close()])
  })

  test('two tabs of one browser: both work, and the database stays whole', async () => {
    const context = await browser.newContext()
    const [first, second] = [await open(context), await open(context)]
    await noteIs(first, 'by the first')
    expect(await sees(second, { text: 'by the first' })).toBe(true)
    await noteIs(second, 'by the second')
    expect(await sees(first, { text: 'by the second' })).toBe(true)

    // The second has the database when the first is gone, and in it is what either wrote, without any network.
    await first.page.evaluate(() => node.flush())
    await hub.stop()
    await first.page.close()
    await databaseIsFree(second)
    await second.page.reload()
    expect(
      await Promise.all([sees(second, { text: 'by the first' }), sees(second, { text: 'by the second' })]),
    ).toEqual([true, true])
    await hub.start()
    expect(await second.shows('Connected')).toBe(true)
    expect(complaintsOf(first, second)).toEqual([])
    await context.close()
  })

  test('the scripts hold nothing of Node, and make no code of strings', () => {
    expect(pages.packages).toContain('@ts2p/react')
    expect(pages.find(/['"`]node:|\brequire\(|__vite-browser-external|\beval\b|\bnew Function\(/)).toEqual([])
  })
})
