import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SyncSocket, websocket } from 'ts2p'
import { build } from 'vite'
import { expect, inject, onTestFinished, test } from 'vitest'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from './chromium.ts'
import { PageServer } from './page-server.ts'
import { Project } from './project.ts'
import { Tab } from './tab.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

test.runIf(hasChromium())(
  'the page of README.md, built by vite, shows what a node sets',
  async () => {
    const code = /readme-page\.test\.ts[^]*?```js\n([^]*?)```/.exec(readme)?.[1] ?? ''
    const tag = /`(<script.*<\/script>)`/.exec(readme)?.[1] ?? ''
    expect([code, tag].join('')).toContain('4445')

    const node = new SyncSocket<string, string>({
      transports: [websocket()],
      listen: { port: 0 },
      keyEncoding: 'utf8',
      valueEncoding: 'utf8',
    })
    await node.listen()
    onTestFinished(() => node.close())
    node.set('greeting', 'hello')

    const project = new Project(inject('wholeProject'))
    mkdirSync(join(project.folder, 'page'))
    // The port that was free, in place of the one that the page has.
    project.write('page/page.js', code.replace('4445', String(node.addresses[0]?.port)))
    project.write('page/index.html', `<!doctype html><title>page</title>${tag}`)
    const root = join(project.folder, 'page')
    await build({ root, configFile: false, logLevel: 'warn', build: { modulePreload: false } })

    const server = new PageServer({ read: (path) => readFileSync(join(root, 'dist', path)) })
    await server.listen()
    onTestFinished(() => server.close())
    const browser = await startChromium()
    onTestFinished(() => browser.close())
    const tab = await Tab.open(browser, server.urlOf('index.html', 0))
    await tab.page.waitForFunction(() => document.body.textContent?.includes('greeting: hello'))
    expect(tab.complaints).toEqual([])
  },
  120_000,
)
