import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from './chromium.ts'
import { PageServer } from './page-server.ts'
import { Pages } from './pages.ts'
import { Project } from './project.ts'
import { Tab } from './tab.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

describe.runIf(hasChromium())('a page whose node is kept in IndexedDB', () => {
  let pages: Pages
  let server: PageServer
  let browser: Browser

  beforeAll(async () => {
    pages = await Pages.build(new Project(inject('wholeProject')), ['kept.html'])
    server = new PageServer(pages)
    await server.listen()
    browser = await startChromium()
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
    pages?.remove()
  })

  test('it is who it was, has what it had, and its timestamps go on, when its page is opened again', async () => {
    // One context is one user's browser: its pages have one storage.
    const context = await browser.newContext()
    const url = server.urlOf('kept.html', 0)
    const first = await Tab.openIn(context, url)
    expect(await first.shows('Ready.')).toBe(true)
    const before = await first.page.evaluate(async () => {
      for (let index = 0; index < 500; index += 1) node.set(`key ${index}`, `value ${index}`)
      node.set('gone', 'x')
      node.del('gone')
      await node.flush()
      return { id: node.id, token: node.lease('key 499')?.token ?? '' }
    })

    // Another tab is refused as long as the first is there.
    const second = await Tab.openIn(context, url)
    const refusal = await second.page.waitForSelector('#state:not(:text("Reading…"))')
    expect(await refusal.textContent()).toContain('Another node has the database')

    // The first is closed without a word: its node has no time to say goodbye.
    await first.page.close()
    await second.page.reload()
    expect(await second.shows('Ready.')).toBe(true)
    const after = await second.page.evaluate(() => {
      const found = { id: node.id, size: node.size, value: node.get('key 123') }
      node.set('key 499', 'again')
      return { ...found, token: node.lease('key 499')?.token ?? '' }
    })
    expect(after).toMatchObject({ id: before.id, size: 500, value: 'value 123' })
    expect(after.token > before.token).toBe(true)
    expect([...first.complaints, ...second.complaints]).toEqual([])
    await context.close()
  })

  test('the scripts hold nothing of Node', () => {
    expect(pages.packages).toContain('@ts2p/persistence-indexeddb')
    expect(pages.find(/['"`]node:|\brequire\(|__vite-browser-external|classic-level/)).toEqual([])
  })
})
