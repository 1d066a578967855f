import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { hasChromium, sayThatChromiumIsMissing, startChromium } from '@ts2p/browser'
import { InspectedNetwork, rowOf, there } from './inspected-network.test-helper.ts'

if (!hasChromium()) sayThatChromiumIsMissing()

describe.skipIf(!hasChromium())('the leases on the page', () => {
  let browser: Awaited<ReturnType<typeof startChromium>>
  let network: InspectedNetwork
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser.close())
  afterEach(() => network.close())

  const rowAt = (page: Page, key: string): Locator =>
    page.locator('#key-rows tr', { has: page.locator(`th:text-is("${key}")`) })

  /** Fills the form and presses Set. */
  async function set(page: Page, key: string, lease: { seconds?: string; isEphemeral?: boolean }): Promise<void> {
    await page.getByLabel('Key', { exact: true }).fill(key)
    await page.getByLabel('Value').fill('value')
    await page.getByLabel('Lease in seconds').fill(lease.seconds ?? '')
    await page.getByLabel('Ephemeral').setChecked(lease.isEphemeral ?? false)
    await page.getByRole('button', { name: 'Set', exact: true }).click()
  }

  test('each key shows the length of its lease, also in a network with a longest lease of its own; one that was released belongs to nobody', async () => {
    network = await InspectedNetwork.start(2, { leaseSecondsMax: 90_000 })
    const owner = network.node(1)
    owner.set('short', 'x', { leaseSeconds: 90 }).set('long', 'x', { leaseSeconds: 90_000 }).set('released', 'x')
    const { page, complaints } = await network.open(browser)
    expect((await rowOf(page, 'short'))[3]).toMatch(/^1 min \d+ s of 1 min 30 s$/)
    expect((await rowOf(page, 'long'))[3]).toMatch(/ of 25 h$/)
    expect((await rowOf(page, 'released'))[2]).toBe(owner.id)
    owner.release('released')
    await rowAt(page, 'released').getByRole('cell', { name: 'free' }).waitFor()
    expect((await rowOf(page, 'released')).slice(0, 5)).toEqual(['released', 'x', 'nobody', 'free', ''])
    expect(complaints).toEqual([])
  })

  test('a network with policies is joined, and keys without leases have neither lease nor owner', async () => {
    network = await InspectedNetwork.start(1, { policies: [{ prefix: 'config/', leasing: false }] })
    network.node(0).set('config/color', 'red').set('session', 'x')
    const { page, complaints } = await network.open(browser)
    expect((await rowOf(page, 'session'))[2]).toBe(network.node(0).id)
    expect((await rowOf(page, 'config/color')).slice(0, 3)).toEqual(['config/color', 'red', ''])
    expect(complaints).toEqual([])
  })

  test('an ephemeral key is marked, stays in its row while it is renewed, and is gone when its lease has run down', async () => {
    network = await InspectedNetwork.start(3)
    const owner = there(network.nodes.pop())
    await there(network.inspectors.pop()).close()
    owner.set('service', 'up', { leaseSeconds: 5, ephemeral: true })
    const { page, complaints } = await network.open(browser)
    const lease = /^ephemeral, [1-5] s of 5 s$/
    const [, value, shownOwner, text, token] = await rowOf(page, 'service')
    expect([value, shownOwner]).toEqual(['up', owner.id])
    expect(text).toMatch(lease)
    expect(await page.locator('#key-rows tr.ephemeral').count()).toBe(1)
    // Counts how often the row is taken away or put somewhere, and what its cell of the lease shows.
    await page.evaluate(`
      globalThis.moves = 0
      globalThis.texts = new Set()
      const rows = document.getElementById('key-rows')
      new MutationObserver((changes) => {
        for (const { target } of changes) if (target === rows) globalThis.moves += 1
        globalThis.texts.add(rows.querySelector('.lease')?.textContent)
      }).observe(rows, { childList: true, subtree: true, characterData: true })`)
    // Two renewals have come when the token has changed twice.
    const renewed = rowAt(page, 'service').locator('td').nth(3)
    await renewed.filter({ hasNotText: there(token) }).waitFor()
    const second = there((await renewed.textContent()) ?? undefined)
    await renewed.filter({ hasNotText: second }).waitFor()
    expect(await page.evaluate('globalThis.moves')).toBe(0)
    const texts = await page.evaluate<string[]>('[...globalThis.texts]')
    expect(texts.filter((each) => !lease.test(each))).toEqual([])
    // It releases nothing, as if it had crashed.
    await owner.close({ release: false })
    await rowAt(page, 'service').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  test('the form takes the length of a lease, and makes ephemeral keys; Edit and Set keep both', async () => {
    network = await InspectedNetwork.start(1)
    const node = network.node(0)
    const { page, complaints } = await network.open(browser)
    await page.getByRole('status').filter({ hasText: 'this page is a node of the network' }).waitFor()
    const changes = node.watch('')
    await set(page, 'short', { seconds: '120' })
    await changes.next()
    expect(node.lease('short')).toMatchObject({ leaseSeconds: 120, ephemeral: false })
    await set(page, 'service', { seconds: '15', isEphemeral: true })
    await changes.next()
    expect(node.lease('service')).toMatchObject({ leaseSeconds: 15, ephemeral: true })
    await rowOf(page, 'service')
    await page.getByLabel('Lease in seconds').fill('')
    await page.getByLabel('Ephemeral').uncheck()
    await page.getByRole('button', { name: 'Edit service' }).click()
    await page.getByLabel('Value').fill('other')
    await page.getByRole('button', { name: 'Set', exact: true }).click()
    expect((await changes.next()).value).toMatchObject({ key: 'service', value: 'other' })
    expect(node.lease('service')).toMatchObject({ leaseSeconds: 15, ephemeral: true })
    // One that is too short is refused, with a reason.
    await set(page, 'refused', { seconds: '4', isEphemeral: true })
    await page.locator('#edit-result.failed').filter({ hasText: 'leaseSeconds' }).waitFor()
    expect(node.has('refused')).toBe(false)
    expect(complaints).toEqual([])
  })

  test('in a network without leases the form does not offer them', async () => {
    network = await InspectedNetwork.start(1, { leasing: false })
    network.node(0).set('key', 'x')
    const { page } = await network.open(browser)
    expect((await rowOf(page, 'key')).slice(2, 4)).toEqual(['', 'free'])
    expect(await page.getByLabel('Lease in seconds').isVisible()).toBe(false)
  })
})
