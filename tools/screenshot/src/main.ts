// The picture of the inspector in the documentation: pnpm screenshot [file]
import { statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startChromium, Tab } from '@ts2p/browser'
import { inspect } from '@ts2p/inspector'
import { identityFromSeed, seedBytes } from '@ts2p/protocol'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

const file = process.argv[2] ?? fileURLToPath(new URL('../../../docs/inspector.png', import.meta.url))
const size = { width: 1100, height: 900 } as const
const nodesCount = 14
/** For how long there is something to see in the charts, seconds. */
const busySeconds = 45

const create = (index: number): SyncSocket<string, unknown> =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1' },
    keyEncoding: 'utf8',
    valueEncoding: 'json',
    identity: identityFromSeed(new Uint8Array(seedBytes).fill(index + 1)),
  })

const nodes = Array.from({ length: nodesCount }, (_, index) => create(index))
const [shown] = nodes
if (!shown) throw new Error('There are nodes.')
for (const node of nodes) {
  await node.listen()
  const { host, port } = shown.addresses[0] ?? {}
  if (node !== shown && host !== undefined && port !== undefined) await node.connect(host, port)
}
const inspectors = await Promise.all(nodes.map((node) => inspect(node)))
const { pageUrl = '', log } = inspectors[0] ?? {}
const values = [{ state: 'running' }, { state: 'waiting' }, 'blue', ['10.0.0.7', 4444], { leader: true }, 42]
const names = ['job/17', 'job/18', 'config/color', 'service/mail', 'election/cron', 'limit/uploads']
names.forEach((name, index) => nodes[index + 1]?.set(name, values[index]))

const browser = await startChromium()
try {
  const context = await browser.newContext({ viewport: size, locale: 'en-GB' })
  const { page } = await Tab.openIn(context, pageUrl)
  log?.('warn', 'a neighbor takes messages more slowly than they come: it is told of them instead')
  await page.getByLabel('Key', { exact: true }).fill('job/17')
  await page.getByLabel('Value').fill('mine')
  await page.getByText('6 keys').waitFor()
  await page.getByRole('button', { name: 'Set', exact: true }).click()
  for (let tenth = 0; tenth < busySeconds * 10; tenth += 1) {
    const speakers = 1 + Math.round(2 + 2 * Math.sin(tenth / 25))
    for (let index = 0; index < speakers; index += 1) nodes[(tenth + index * 5) % nodesCount]?.send([`tick ${tenth}`])
    if (tenth % 40 === 0) nodes[1]?.set('job/17', { state: 'running', progress: tenth })
    await pause(100)
  }
  // What was lit goes out, and one last message is caught on its way.
  await pause(1500)
  nodes[5]?.send(['look'])
  await page.locator('.link.lit').nth(3).waitFor({ state: 'attached' })
  await page.screenshot({ path: file, fullPage: true })
  console.log(`${file}: ${statSync(file).size} bytes`)
} finally {
  await browser.close()
  await Promise.all(inspectors.map((inspector) => inspector.close()))
  await Promise.all(nodes.map((node) => node.close()))
}
