import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from './chromium.ts'
import { codeBlocksIn } from './code-blocks.ts'
import { NodeOfTabs } from './node-of-tabs.ts'
import { PageServer } from './page-server.ts'
import { Pages } from './pages.ts'
import { Project } from './project.ts'
import { Tab } from './tab.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

describe.runIf(hasChromium())('the hooks in a page, in StrictMode', () => {
  const hub = new NodeOfTabs({ leasing: false })
  const project = new Project(inject('wholeProject'))
  let pages: Pages
  let server: PageServer
  let browser: Browser
  let tab: Tab

  beforeAll(async () => {
    pages = await Pages.build(project, ['react.html'])
    server = new PageServer(pages)
    await server.listen()
    await hub.start()
    browser = await startChromium()
    tab = await Tab.open(browser, server.urlOf('react.html', hub.port))
    await tab.shows('linked')
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await hub.stop()
    pages?.remove()
  })

  /** What a page sets is text of JSON here, so another page sets it. */
  async function otherPage(): Promise<Tab> {
    const other = await Tab.open(browser, server.urlOf('react.html', hub.port))
    onTestFinished(() => other.page.close())
    await other.shows('linked')
    return other
  }

  test('a component shows what another page sets, and only it is rendered again', async () => {
    const other = await otherPage()
    const before = await tab.page.evaluate(() => ({ ...seen.renders }))
    await other.page.getByLabel('a').fill('from the other')
    await tab.page.waitForFunction(() => document.querySelector('input')?.value === 'from the other')
    await other.page.evaluate(() => node.set('people/1', 'Anna').set('people/2', 'Bert'))
    expect(await tab.shows('Anna, Bert')).toBe(true)
    const after = await tab.page.evaluate(() => ({ ...seen.renders }))
    expect(after).toEqual({ ...before, a: (before['a'] ?? 0) + 1 })
    // The same again renders nothing: what is set after it is seen, and only that.
    await other.page.evaluate(() => node.set('a', 'from the other').set('people/1', 'Anna').del('people/2'))
    expect(await tab.shows('Anna')).toBe(true)
    expect(await tab.page.evaluate(() => ({ ...seen.renders }))).toEqual(after)
  })

  test('who types into the middle of a text keeps the cursor', async () => {
    const field = tab.page.getByLabel('b')
    await field.fill('one three')
    await field.press('Home')
    for (const _ of 'one ') await field.press('ArrowRight')
    await field.pressSequentially('two ')
    expect(await field.inputValue()).toBe('one two three')
    await field.fill('')
    expect(await tab.page.evaluate(() => node.has('b'))).toBe(false)
  })

  test('no picture shows two states, also while a slow transition is interrupted by changes', async () => {
    // Between any two pieces of the transition there is a turn for a change; so many, since each begins the rendering anew.
    await tab.page.evaluate(() => {
      const { port1, port2 } = new MessageChannel()
      let count = 0
      port1.addEventListener('message', () => {
        node.set('count', String((count += 1)))
        if (count < 10) port2.postMessage('')
      })
      port1.start()
      const buttons = [...document.querySelectorAll('button')]
      buttons.find(({ textContent }) => textContent === 'Slow')?.click()
      port2.postMessage('')
    })
    await tab.page.locator('.slow').nth(39).waitFor()
    expect(await tab.page.evaluate(() => seen.tears)).toEqual([])
    expect(await tab.page.evaluate(() => node.get('count'))).toBe('10')
    await tab.page.getByRole('button', { name: 'Slow' }).click()
    await tab.page.locator('.slow').first().waitFor({ state: 'detached' })
  })

  test('components that are gone listen to nothing', async () => {
    // Two fields and the people, one function each.
    expect(await tab.page.evaluate(() => seen.listeners())).toBe(3)
    await tab.page.getByRole('button', { name: 'Fields' }).click()
    await tab.page.getByLabel('a').waitFor({ state: 'detached' })
    await tab.page.waitForFunction(() => seen.listeners() === 0)
    await tab.page.getByRole('button', { name: 'Fields' }).click()
    await tab.page.waitForFunction(() => seen.listeners() === 3)
    expect(await tab.page.getByLabel('a').inputValue()).toBe('from the other')
  })

  test('the page has complained of nothing', () => {
    expect(tab.complaints).toEqual([])
  })

  test.each(['packages/react/README.md', 'docs/guide/pages.md'])('the page of %s counts in two tabs', async (path) => {
    const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
    const [code = ''] = /```tsx\n([^]*?)```/.exec(text)?.slice(1) ?? []
    expect(codeBlocksIn(text).filter(({ kind }) => kind === 'elsewhere')).toHaveLength(1)
    expect(code).toContain('4445')
    const folder = path.replaceAll(/\W/g, '-')
    const root = join(project.folder, folder)
    mkdirSync(root)
    const page = project.write(`${folder}.tsx`, code.replace('4445', String(hub.port)))
    project.write(
      `${folder}/index.html`,
      `<!doctype html><title>page</title><body><script type="module" src="../${page}"></script>`,
    )
    const lib = ['es2023', 'dom', 'esnext.disposable']
    const options = {
      module: 'esnext',
      moduleResolution: 'bundler',
      target: 'es2023',
      lib,
      strict: true,
      jsx: 'react-jsx',
    }
    const complaints = await project.typeCheck([page], {
      ...options,
      skipLibCheck: true,
      noEmit: true,
      types: [],
    })
    expect(complaints).toBe('')
    const outDir = join(root, 'dist')
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: { modulePreload: false, target: 'es2023', outDir },
    })

    const site = new PageServer({ read: (name) => readFileSync(join(outDir, name)) })
    await site.listen()
    onTestFinished(() => site.close())
    const url = site.urlOf('index.html', 0)
    const [one, two] = [await Tab.open(browser, url), await Tab.open(browser, url)]
    const before = Number(hub.socket.get('count', 0))
    await one.page.getByRole('button', { name: `${before} (linked)` }).click()
    await two.page.getByRole('button', { name: `${before + 1} (linked)` }).click()
    await one.page.getByRole('button', { name: `${before + 2} (linked)` }).waitFor()
    expect([...one.complaints, ...two.complaints]).toEqual([])
    await Promise.all([one.page.close(), two.page.close()])
  })
})
