import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from '@ts2p/browser'
import type { Tab } from '@ts2p/browser'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { InspectedNetwork, rowOf, there } from './inspected-network.test-helper.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

describe.skipIf(!hasChromium())('the form of the page keeps bytes', () => {
  let browser: Awaited<ReturnType<typeof startChromium>>
  let network: InspectedNetwork
  let writer: SyncSocket
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser.close())
  afterEach(async () => {
    await writer.close()
    await network.close()
  })

  /** A network without leases, so that the page may set what another node has written as bytes. */
  async function open(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Promise<Tab> {
    network = await InspectedNetwork.start(1, { leasing: false })
    writer = new SyncSocket({ transports: [tcp()], leasing: false })
    for (const [key, value] of entries) writer.set(key, value)
    const { host, port } = there(network.node(0).addresses[0])
    await writer.connect(host, port)
    return network.open(browser)
  }

  /** Presses Edit in the row of a key, does something to the fields, and presses Set. @returns what the page says */
  async function setAfter(
    page: Page,
    shownKey: string,
    act: () => Promise<void> = () => Promise.resolve(),
  ): Promise<string> {
    await page.getByRole('button', { name: `Edit ${shownKey}` }).click()
    await act()
    return set(page)
  }

  async function set(page: Page): Promise<string> {
    const said = page.locator('#edit-result')
    await said.evaluate('(node) => { node.textContent = "" }')
    await page.getByRole('button', { name: 'Set', exact: true }).click()
    await said.filter({ hasText: /./ }).waitFor()
    return said.innerText()
  }

  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

  test.each([
    ['several lines', bytes('lines'), bytes('one\n\ntwo\n'), 'lines'],
    ['lines of Windows', bytes('lines'), bytes('one\r\ntwo\r\n'), 'lines'],
    ['a byte order mark', bytes('marked'), bytes('\uFEFFtext'), 'marked'],
    ['a JSON value', bytes('config'), bytes('{ "color":\n  "blue" }'), 'config'],
    ['a binary key', Uint8Array.of(0xff, 0x00), bytes('value'), '0xff00'],
    ['a key with a line end', bytes('two\nlines'), bytes('value'), 'two lines'],
  ])('%s: Edit and Set without a change writes the same bytes under the same key', async (_, key, value, shownKey) => {
    const { page, complaints } = await open([[key, value]])
    const changes = writer.watch('')
    expect(await setAfter(page, shownKey)).toContain('was set.')
    expect((await changes.next()).value).toMatchObject({ type: 'set', key, value })
    expect(writer.size).toBe(1)
    expect(complaints).toEqual([])
  })

  test('what is changed keeps the line ends and the key', async () => {
    const key = Uint8Array.of(0xff, 0x0a)
    const { page } = await open([[key, bytes('one\r\ntwo')]])
    const changes = writer.watch('')
    await setAfter(page, '0xff0a', async () => {
      await page.getByLabel('Value').press('Control+End')
      await page.keyboard.press('Enter')
      await page.keyboard.type('three')
    })
    expect((await changes.next()).value).toMatchObject({ key, value: bytes('one\r\ntwo\r\nthree') })
  })

  test('there is no Edit where there is no text, nor where a field would not keep the line ends', async () => {
    const { page } = await open([
      [bytes('binary'), Uint8Array.of(0xff)],
      [bytes('mixed'), bytes('one\r\ntwo\nthree')],
      [bytes('text'), bytes('text')],
    ])
    await rowOf(page, 'text')
    const edit = (name: string) => page.getByRole('button', { name: `Edit ${name}` })
    expect([await edit('text').count(), await edit('binary').count(), await edit('mixed').count()]).toEqual([1, 0, 0])
    expect(await page.getByRole('button', { name: 'Delete binary' }).count()).toBe(1)
  })

  test('JSON is replaced by text, and bytes by text, only when Set is pressed again', async () => {
    const { page } = await open([
      [bytes('config'), bytes('{"color":"blue"}')],
      [bytes('binary'), Uint8Array.of(0xff)],
    ])
    const changes = writer.watch('')
    const said = await setAfter(page, 'config', () => page.getByLabel('Value').fill('green'))
    expect(said).toBe('config holds JSON, and the new value is text. Set again to replace it.')
    await page.getByLabel('Value').fill('"green"')
    expect(await set(page)).toBe('config was set.')
    expect((await changes.next()).value).toMatchObject({ value: bytes('"green"') })
    await page.getByLabel('Key', { exact: true }).fill('binary')
    expect(await set(page)).toContain('binary holds bytes')
    expect(await set(page)).toBe('binary was set.')
    expect((await changes.next()).value).toMatchObject({ key: bytes('binary'), value: bytes('"green"') })
  })

  test.each(['a token that has 100 % and %zz', 'only-letters-0123456789'])(
    'the token %j opens the page',
    async (token) => {
      network = await InspectedNetwork.start(1, {}, { token })
      writer = new SyncSocket({ transports: [tcp()] })
      const { page } = await network.open(browser)
      await page.getByRole('status').filter({ hasText: 'this page is a node of the network' }).waitFor()
      // Pasted as it stands behind the #, and as it is.
      for (const given of [encodeURIComponent(token), token]) {
        await page.goto(new URL('/#a-token-that-is-wrong', page.url()).href)
        await page.getByRole('alert').getByText('The token is wrong').waitFor()
        await page.getByLabel('Token').fill(given)
        await page.getByRole('button', { name: 'Open' }).click()
        await page.getByRole('status').filter({ hasText: 'this page is a node of the network' }).waitFor()
      }
    },
  )
})
