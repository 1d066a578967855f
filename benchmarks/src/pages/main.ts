// What 500 broadcasts a second of 10 nodes cost a node in a page of Chromium: pnpm bench:pages
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startChromium } from '@ts2p/browser'
import { MeshSocket } from '@ts2p/mesh'
import { tcp } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'
import { build } from 'vite'
import { pace } from '../mesh/figures/pace.ts'

const [sources, perSecond] = [10, 500]
const [warmUpSeconds, seconds] = [5, 10]
/** Most of a core that the page's process may use. */
const shareMax = 0.5
const host = '127.0.0.1'

const script = await bundle()
const browser = await startChromium()
const shares: Record<string, number> = {}
for (const signing of [false, true]) {
  const share = await measure(signing)
  shares[signing ? 'signed' : 'unsigned'] = share
  console.log(`${signing ? 'signed' : 'unsigned'}: ${(share * 100).toFixed(1)} % of a core`)
}
await browser.close()
const isGood = (shares['signed'] ?? 1) <= shareMax
console.log(
  `${perSecond} broadcasts a second of ${sources} nodes cost at most ${shareMax * 100} % of a core: ${isGood ? 'yes' : 'NO'}`,
)
process.exit(isGood ? 0 : 1)

/** @returns the processor time of the page's process, by the time that passed */
async function measure(signing: boolean): Promise<number> {
  const hub = new MeshSocket({
    ...{ transports: [tcp(), websocket()], signing },
    listen: [
      { host, transport: 'tcp' },
      { host, transport: 'ws' },
    ],
  })
  await hub.listen()
  const portOf = (transport: string): number => hub.addresses.find((each) => each.transport === transport)?.port ?? 0
  const nodes = Array.from({ length: sources }, () => new MeshSocket({ transports: [tcp()], signing }))
  for (const node of nodes) await node.connect(host, portOf('tcp'))
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const page = await browser.newPage()
  await page.goto(`http://${host}:${(server.address() as AddressInfo).port}/`)
  await page.waitForFunction('globalThis.start !== undefined')
  await page.evaluate(`start(${portOf('ws')}, ${signing})`)
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('Performance.enable', { timeDomain: 'timeTicks' })
  const processSeconds = async (): Promise<number> => {
    const { metrics } = await devTools.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ProcessTime')?.value ?? Number.NaN
  }
  let sent = 0
  const send = (forSeconds: number): Promise<void> =>
    pace({ perSecond, seconds: forSeconds }, (number) => {
      nodes[number % sources]?.send([`broadcast ${number}`])
      sent += 1
    })
  await send(warmUpSeconds)
  const [before, from] = [await processSeconds(), performance.now()]
  await send(seconds)
  const share = ((await processSeconds()) - before) / ((performance.now() - from) / 1000)
  await page.waitForFunction(`received() === ${sent}`)
  await page.close()
  server.close()
  for (const node of [...nodes, hub]) await node.close()
  await delay(500)
  return share
}

/** The page's script, with all that it imports. */
async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('./page.js', import.meta.url))
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, minify: true, target: 'es2023', lib: { entry, formats: ['es'], fileName: 'page' } },
  })
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((each) => ('output' in each ? each.output : []))
  const code = outputs.find((each) => each.type === 'chunk')?.code
  if (code === undefined) throw new Error('Vite has made no script.')
  return code
}
