import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from './chromium.ts'
import { PageServer } from './page-server.ts'
import { Pages } from './pages.ts'
import { Project } from './project.ts'
import { Tab } from './tab.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

interface Case {
  readonly message: string
  readonly publicKey: string
  readonly signature: string
  readonly what: string
  readonly isGood: boolean
}

// The tests of @ts2p/base judge the same file in Node, by OpenSSL and in JavaScript.
const file = new URL('../../packages/protocol/vectors/ed25519.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }

describe.runIf(hasChromium())('signatures that implementations judge differently, in a page', () => {
  let pages: Pages
  let server: PageServer
  let browser: Browser

  beforeAll(async () => {
    pages = await Pages.build(new Project(inject('wholeProject')), ['verdicts.html'])
    server = new PageServer(pages)
    await server.listen()
    browser = await startChromium()
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
    pages?.remove()
  })

  test('all are judged as in Node', async () => {
    const tab = await Tab.open(browser, server.urlOf('verdicts.html', 0))
    expect(await tab.shows('Ready.')).toBe(true)
    const verdicts = await tab.page.evaluate(
      (all) => all.map(({ signature, message, publicKey }) => verdictOf(signature, message, publicKey)),
      cases,
    )
    expect(cases.length).toBeGreaterThanOrEqual(12)
    expect(cases.map(({ what }, index) => [what, verdicts[index]])).toEqual(
      cases.map(({ what, isGood }) => [what, isGood]),
    )
  })
})
