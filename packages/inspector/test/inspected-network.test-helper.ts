import type { Browser, Page } from 'playwright-core'
import { Tab } from '@ts2p/browser'
import { SyncSocket } from '@ts2p/sync'
import type { SyncSocketOptions } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { inspect } from '../src/inspect.ts'
import type { InspectOptions, Inspector } from '../src/inspect-options.ts'

type Dictionary = SyncSocket<string, string>
type Options = Partial<SyncSocketOptions<string, string>>

/** Nodes of one network on this machine, and those who look into them. */
export class InspectedNetwork {
  readonly nodes: Dictionary[] = []
  readonly inspectors: Inspector[] = []
  readonly tabs: Tab[] = []

  /** So many nodes, each joined by the one before it and looked into. */
  static async start(
    size: number,
    options: Options = {},
    inspectOptions: InspectOptions = {},
  ): Promise<InspectedNetwork> {
    const network = new InspectedNetwork()
    for (let index = 0; index < size; index += 1) {
      const node: Dictionary = new SyncSocket({
        transports: [tcp()],
        listen: { host: '127.0.0.1' },
        keyEncoding: 'utf8',
        valueEncoding: 'utf8',
        ...options,
      })
      network.nodes.push(node)
      await node.listen()
      const before = network.nodes[index - 1]?.addresses[0]
      if (before) await node.connect(before.host, before.port, before.transport)
      network.inspectors.push(await inspect(node, inspectOptions))
    }
    return network
  }

  /** One of the nodes. */
  node(index: number): Dictionary {
    return there(this.nodes[index])
  }

  /** The page of one of the nodes, in a tab of its own. */
  async open(browser: Browser, index = 0): Promise<Tab> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    const tab = await Tab.openIn(context, there(there(this.inspectors[index]).pageUrl))
    this.tabs.push(tab)
    return tab
  }

  async close(): Promise<void> {
    await Promise.all(this.tabs.map(({ page }) => page.context().close()))
    await Promise.all(this.inspectors.map((inspector) => inspector.close()))
    await Promise.all(this.nodes.map((node) => node.close()))
  }
}

/** What must be there. */
export function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('It is not there.')
  return value
}

/** The texts of the cells of the row of a key, once it is there. */
export async function rowOf(page: Page, key: string): Promise<string[]> {
  const row = page.locator('#key-rows tr', { has: page.locator(`th:text-is("${key}")`) })
  await row.waitFor()
  return row.locator('th, td').allTextContents()
}
