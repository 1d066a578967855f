import axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from '@ts2p/browser'
import type { Tab } from '@ts2p/browser'
import { MeshSocket } from '@ts2p/mesh'
import { noise } from '@ts2p/transport-noise'
import { selfSignedCertificate, tcp, tls } from '@ts2p/transport-tcp'
import { inspect } from '../src/inspect.ts'
import { InspectedNetwork, rowOf, there } from './inspected-network.test-helper.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

describe.skipIf(!hasChromium())('the page', () => {
  let browser: Awaited<ReturnType<typeof startChromium>>
  let network: InspectedNetwork
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser.close())
  afterEach(() => network.close())

  /** Waits until the page is linked, and its table is there. */
  async function isJoined({ page }: Tab): Promise<void> {
    await page.getByRole('status').filter({ hasText: 'this page is a node of the network' }).waitFor()
  }

  test('it opens without complaints, takes the token out of the address, and is the same node when loaded again', async () => {
    network = await InspectedNetwork.start(1)
    const tab = await network.open(browser)
    await isJoined(tab)
    const { origin } = new URL(there(network.inspectors[0]).metricsUrl)
    expect(tab.page.url()).toBe(`${origin}/`)
    expect(await tab.page.title()).toContain(network.node(0).id.slice(0, 6))
    const [first] = there(network.node(0).routingTable).keys()
    await tab.page.reload()
    await isJoined(tab)
    expect([...there(network.node(0).routingTable).keys()]).toEqual([first])
    expect(tab.complaints).toEqual([])
  })

  test('a tab that is a copy of another is a node of its own', async () => {
    network = await InspectedNetwork.start(1)
    const tab = await network.open(browser)
    await isJoined(tab)
    const [first] = there(network.node(0).routingTable).keys()
    // A window that a page opens begins with a copy of what the page has kept.
    const opened = tab.page.waitForEvent('popup')
    await tab.page.evaluate('void window.open(location.href)')
    const copy = await opened
    await copy.getByRole('status').filter({ hasText: 'this page is a node of the network' }).waitFor()
    const ids = [...there(network.node(0).routingTable).keys()]
    expect([ids.length, ids.includes(there(first))]).toEqual([2, true])
    expect(tab.complaints).toEqual([])
  })

  test('three nodes and the page are shown with their links, in the picture and as a list', async () => {
    network = await InspectedNetwork.start(3)
    const tab = await network.open(browser, 1)
    const { page } = tab
    await isJoined(tab)
    for (const { id } of network.nodes) await page.locator(`.node[data-id="${id}"]`).waitFor()
    await page.locator('.node.page').waitFor()
    expect(await page.locator('.node').count()).toBe(4)
    expect(await page.locator('.node.inspected').getAttribute('data-id')).toBe(network.node(1).id)
    // The link between the first and the last is known by their own word only.
    const [a, b] = [network.node(0).id, network.node(2).id].toSorted()
    await page.locator(`.link[data-a="${a}"][data-b="${b}"]`).waitFor({ state: 'attached' })
    const table = page.getByRole('region', { name: 'Table of links' })
    await page.getByText('Links as a list').click()
    expect(await table.getByRole('rowheader').allTextContents()).toContain(a)
    expect(await page.getByRole('img', { name: /4 nodes and 4 links are known/ }).count()).toBe(1)
    expect(tab.complaints).toEqual([])
  })

  test('the links of a tree are shown as eager and lazy, of the source that is chosen', async () => {
    network = await InspectedNetwork.start(3)
    const tab = await network.open(browser)
    const { page } = tab
    await isJoined(tab)
    const ids = network.nodes.map(({ id }) => id)
    const linkOf = (one: number, other: number, kind: string): string => {
      const [a, b] = [there(ids[one]), there(ids[other])].toSorted()
      return `.link.${kind}[data-a="${a}"][data-b="${b}"]`
    }
    // The first message goes everywhere, and comes twice where there are two ways.
    network.node(2).send(['hello'])
    const option = page.locator(`#source option[value="${ids[2]}"]`)
    await option.waitFor({ state: 'attached' })
    await page.getByLabel('Tree of the messages of').selectOption(there(ids[2]))
    await page.locator(linkOf(0, 2, 'eager')).waitFor({ state: 'attached' })
    await page.locator(linkOf(1, 2, 'eager')).waitFor({ state: 'attached' })
    await page.locator(linkOf(0, 1, 'lazy')).waitFor({ state: 'attached' })
    // In the tree of the first node its own links are eager.
    await page.getByLabel('Tree of the messages of').selectOption(there(ids[0]))
    await page.locator(linkOf(0, 1, 'eager')).waitFor({ state: 'attached' })
    expect(tab.complaints).toEqual([])
  })

  test('a broadcast lights up the node that it comes from, the link by which it comes, and the node', async () => {
    network = await InspectedNetwork.start(3)
    const tab = await network.open(browser)
    const { page } = tab
    await isJoined(tab)
    const speaker = network.node(2)
    await page.locator(`.node[data-id="${speaker.id}"]`).waitFor()
    await page.locator('.node.page').waitFor()
    await page.locator('.node.told').nth(1).waitFor()
    expect(await page.locator('.lit').count()).toBe(0)
    const [a, b] = [network.node(0).id, speaker.id].toSorted()
    const lit = [
      page.locator(`.node.lit[data-id="${speaker.id}"]`).waitFor(),
      page.locator('.node.inspected.lit').waitFor(),
      page.locator(`.link.lit[data-a="${a}"][data-b="${b}"]`).waitFor({ state: 'attached' }),
      page.locator('.node.page.lit').waitFor(),
      // The third one tells by itself what has come to it.
      page.locator(`.node.told.lit[data-id="${network.node(1).id}"]`).waitFor(),
    ]
    speaker.send(['hello'])
    await Promise.all(lit)
    await page.locator('.lit').first().waitFor({ state: 'detached' })
    expect(await page.locator('#propagation-line').textContent()).toContain(`of ${speaker.id.slice(0, 6)}`)
    expect(tab.complaints).toEqual([])
  })

  test('a key that another node has set is there with its owner, its token, and a lease that runs down', async () => {
    network = await InspectedNetwork.start(2)
    const owner = network.node(1)
    owner.set('job/17', 'running').set('config', 'blue')
    const tab = await network.open(browser)
    const { page } = tab
    const [, value, shownOwner, lease, token] = await rowOf(page, 'job/17')
    expect([value, shownOwner, token]).toEqual(['running', owner.id, owner.lease('job/17')?.token])
    expect(lease).toMatch(/^(59 min( \d+ s)?|1 h) of 1 h$/)
    await page
      .getByRole('cell', { name: there(lease), exact: true })
      .first()
      .waitFor({ state: 'detached' })
    await page.getByLabel('Filter').fill('JOB')
    await page.locator('#key-count', { hasText: '1 of 2 keys' }).waitFor()
    expect(await page.locator('#key-rows tr').count()).toBe(1)
    owner.del('job/17')
    await page.locator('#key-rows tr').waitFor({ state: 'detached' })
    expect(tab.complaints).toEqual([])
  })

  test('what is set and deleted on the page reaches another node; by the keyboard alone', async () => {
    network = await InspectedNetwork.start(2)
    const tab = await network.open(browser)
    const { page } = tab
    await isJoined(tab)
    const other = network.node(1)
    const changes = other.watch('')
    await page.getByLabel('Key', { exact: true }).focus()
    await page.keyboard.type('color')
    await page.keyboard.press('Tab')
    await page.keyboard.type('grün')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('status').filter({ hasText: 'color was set.' }).waitFor()
    expect((await changes.next()).value).toMatchObject({ type: 'set', key: 'color', value: 'grün' })
    await rowOf(page, 'color')
    await page.getByRole('button', { name: 'Edit color' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('End')
    await page.keyboard.type('!')
    await page.keyboard.press('Control+Enter')
    expect((await changes.next()).value).toMatchObject({ key: 'color', value: 'grün!' })
    await page.getByRole('button', { name: 'Delete color' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Delete color on every node?').waitFor()
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    expect((await changes.next()).value).toMatchObject({ type: 'delete', key: 'color' })
    expect(tab.complaints).toEqual([])
  })

  test('a key that another node holds is not set, and the page says why, also in the log', async () => {
    network = await InspectedNetwork.start(2)
    network.node(1).set('held', 'mine')
    const tab = await network.open(browser)
    const { page } = tab
    await rowOf(page, 'held')
    await page.getByRole('button', { name: 'Edit held' }).click()
    await page.getByLabel('Value').fill('yours')
    await page.getByRole('button', { name: 'Set', exact: true }).click()
    const said = page.getByRole('status').filter({ hasText: network.node(1).id })
    await said.waitFor()
    expect(network.node(0).get('held')).toBe('mine')
    const sentence = there((await said.textContent()) ?? undefined)
    await page.getByRole('log').getByRole('cell', { name: sentence }).waitFor()
    expect(tab.complaints).toEqual([])
  })

  test('a network with a secret, whose links are encrypted, and without leases, is joined too', async () => {
    const secret = 'a secret that nobody can guess'
    const options = { transports: [noise(tcp())], secret, leasing: false }
    network = await InspectedNetwork.start(2, options, { secret })
    network.node(1).set('key', 'value')
    const tab = await network.open(browser)
    expect((await rowOf(tab.page, 'key')).slice(0, 4)).toEqual(['key', 'value', '', 'free'])
    expect(tab.complaints).toEqual([])
  })

  test('a network whose links are encrypted by TLS is joined too', async () => {
    const certificate = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
    network = await InspectedNetwork.start(2, { transports: [tls({ certificate, ca: certificate.cert })] })
    network.node(1).set('key', 'value')
    const tab = await network.open(browser)
    expect((await rowOf(tab.page, 'key')).slice(0, 2)).toEqual(['key', 'value'])
    expect(tab.complaints).toEqual([])
  })

  test('nothing moves for who wants less motion', async () => {
    network = await InspectedNetwork.start(1)
    const tab = await network.open(browser)
    await isJoined(tab)
    await tab.page.locator('.link').first().waitFor({ state: 'attached' })
    const durationOf = (): Promise<string> =>
      tab.page.evaluate("getComputedStyle(document.querySelector('.link')).transitionDuration")
    expect(await durationOf()).not.toBe('0s')
    await tab.page.emulateMedia({ reducedMotion: 'reduce' })
    expect(await durationOf()).toBe('0s')
  })

  test('of a mesh without a dictionary there is all but the keys', async () => {
    network = new InspectedNetwork()
    const mesh = new MeshSocket({ transports: [tcp()], listen: { host: '127.0.0.1' } })
    await mesh.listen()
    network.inspectors.push(await inspect(mesh))
    const tab = await network.open(browser)
    await isJoined(tab)
    await tab.page.locator('.node.page').waitFor()
    expect(await tab.page.getByRole('heading', { name: 'Keys' }).count()).toBe(0)
    expect(tab.complaints).toEqual([])
    await mesh.close()
  })

  test('with the inspector the link of its page ends, and the page says so', async () => {
    network = await InspectedNetwork.start(1)
    const tab = await network.open(browser)
    const { page } = tab
    await isJoined(tab)
    await there(network.inspectors[0]).close()
    await page.getByRole('status').filter({ hasText: 'this page has lost its link' }).waitFor()
    await page.getByRole('status').filter({ hasText: 'the node does not answer; trying again' }).waitFor()
    expect(network.node(0).routingTable).toBeUndefined()
  })

  test('a page that cannot join says so', async () => {
    network = await InspectedNetwork.start(1, { secret: 'a secret that nobody can guess' })
    const tab = await network.open(browser)
    await tab.page.getByRole('log').getByText('This page could not join').first().waitFor()
  })

  test('a wrong token is told, and the right one can be given', async () => {
    network = await InspectedNetwork.start(1)
    const { metricsUrl, token } = there(network.inspectors[0])
    const tab = await network.open(browser)
    const { page } = tab
    await isJoined(tab)
    await page.goto(new URL('/#a-token-that-is-wrong', metricsUrl).href)
    await page.getByRole('alert').getByText('The token is wrong').waitFor()
    expect(await page.locator('#views').isVisible()).toBe(false)
    await page.getByLabel('Token').fill(token)
    await page.getByRole('button', { name: 'Open' }).click()
    await isJoined(tab)
  })

  test.each(['light', 'dark'] as const)('axe finds nothing to mend, %s', async (colorScheme) => {
    network = await InspectedNetwork.start(3)
    network.node(1).set('job/17', 'running')
    network.node(2).set('config', 'blue')
    const tab = await network.open(browser)
    const { page } = tab
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await rowOf(page, 'config')
    there(network.inspectors[0]).log('warn', 'Something has failed.')
    await page.getByRole('log').getByText('Something has failed.').waitFor()
    await page.getByText('Links as a list').click()
    await page.locator('.node').nth(3).waitFor()
    await page.evaluate(axe.source)
    const { violations, passes } = await page.evaluate<AxeResults>('axe.run()')
    expect(
      violations.map(({ id, nodes }) => [id, ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)]),
    ).toEqual([])
    expect(passes.map(({ id }) => id)).toContain('color-contrast')
  })
})
