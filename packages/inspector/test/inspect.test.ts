import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ClosedError } from '@ts2p/base'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { inspect } from '../src/inspect.ts'
import type { Inspector } from '../src/inspect-options.ts'

const create = (): SyncSocket<string, string> =>
  new SyncSocket({ transports: [tcp()], listen: { host: '127.0.0.1' }, keyEncoding: 'utf8', valueEncoding: 'utf8' })

let anna: SyncSocket<string, string>
let bert: SyncSocket<string, string>
let inspector: Inspector
beforeEach(async () => {
  ;[anna, bert] = [create(), create()]
  await anna.listen()
  await bert.connect('127.0.0.1', anna.addresses[0]?.port ?? 0)
  inspector = await inspect(anna)
})
afterEach(async () => {
  await Promise.all([inspector.close(), anna.close(), bert.close()])
})

/** Asks with headers of one's own, as fetch does not allow. */
function ask(
  headers: Readonly<Record<string, string>>,
  { method = 'GET', path = '/metrics' } = {},
): Promise<{ status: number | undefined; text: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, inspector.metricsUrl), { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }))
    })
    asked.on('error', reject).end()
  })
}

function valueOf(text: string, name: string): number {
  return Number(new RegExp(String.raw`^${name}\{[^}]*\} (\S+)$`, 'm').exec(text)?.[1])
}

test('what the node has counted, as Prometheus reads it, anew each time', async () => {
  const headers = { authorization: `Bearer ${inspector.token}` }
  const first = await ask(headers)
  expect(first.status).toBe(200)
  expect(first.headers['content-type']).toContain('text/plain; version=0.0.4')
  expect(first.text).toContain(`node="${anna.id}"`)
  expect(valueOf(first.text, 'ts2p_keys')).toBe(0)
  expect(valueOf(first.text, 'ts2p_issues')).toBe(0)
  anna.set('key', 'value')
  await anna.replicated('key')
  const before = anna.metrics()
  const { text } = await ask(headers)
  const { messagesSent, bytesSent, coreLinks } = anna.metrics()
  expect(before.messagesSent).toBeGreaterThan(0)
  // Acknowledgments and pings go on meanwhile.
  for (const [name, least, most] of [
    ['ts2p_messages_sent_total', before.messagesSent, messagesSent],
    ['ts2p_sent_bytes_total', before.bytesSent, bytesSent],
  ] as const) {
    expect(valueOf(text, name)).toBeGreaterThanOrEqual(least)
    expect(valueOf(text, name)).toBeLessThanOrEqual(most)
  }
  expect(valueOf(text, 'ts2p_keys')).toBe(1)
  expect(text).toMatch(new RegExp(`^ts2p_links\\{.*kind="core".*\\} ${coreLinks}$`, 'm'))
  expect((await ask(headers, { path: '/nothing' })).status).toBe(404)
})

test('two nodes of a process do not mix', async () => {
  const other = await inspect(bert)
  bert.set('of bert', 'x')
  const response = await fetch(other.metricsUrl, { headers: { authorization: `Bearer ${other.token}` } })
  const text = await response.text()
  expect(valueOf(text, 'ts2p_keys')).toBe(bert.size)
  expect(text).not.toContain(anna.id)
  await other.close()
})

test('who does not know the token, comes from another site, or by another name, gets nothing', async () => {
  const good = { authorization: `Bearer ${inspector.token}` }
  const { host } = new URL(inspector.metricsUrl)
  expect(await ask({ ...good, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).toMatchObject({
    status: 200,
  })
  for (const [headers, status] of [
    [{}, 401],
    [{ authorization: 'Bearer guessed' }, 401],
    [{ authorization: inspector.token }, 401],
    [{ ...good, host: 'attacker.example' }, 403],
    [{ ...good, host: `attacker.example:${new URL(inspector.metricsUrl).port}` }, 403],
    [{ ...good, origin: 'http://attacker.example' }, 403],
    [{ ...good, origin: 'null' }, 403],
    [{ ...good, 'sec-fetch-site': 'cross-site' }, 403],
  ] as const) {
    const answer = await ask(headers)
    expect([answer.status, answer.text.includes('ts2p_')], JSON.stringify(headers)).toEqual([status, false])
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  }
  expect(await ask(good, { method: 'POST' })).toMatchObject({ status: 405 })
})

test.each(['//', '//[', '/\\\\', 'http://[', '/%'])(
  'a path that is no address, %s, is answered, and ends nothing',
  async (path) => {
    const { host, port } = new URL(inspector.metricsUrl)
    const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8')
    let heard = ''
    socket.on('data', (text) => (heard += String(text)))
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    await once(socket, 'close')
    expect(heard).toMatch(/^HTTP\/1\.1 401 /)
    expect((await ask({ authorization: `Bearer ${inspector.token}` }, { path: '/metrics?x=1' })).status).toBe(200)
  },
)

test('the page is shown without the token, which it then needs, to this machine only, under a strict policy', async () => {
  const page = await ask({}, { path: '/' })
  expect(page.status).toBe(200)
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws:",
  )
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/unsafe|\*/)
  expect(page.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-type': 'text/html; charset=utf-8',
  })
  const files = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path)
  expect(files).toHaveLength(4)
  for (const path of files) expect((await ask({}, { path })).status, path).toBe(200)
  expect((await ask({}, { path: '/licenses.md' })).text).toContain('## uplot')
  expect((await ask({ host: 'attacker.example' }, { path: '/' })).status).toBe(403)
  expect((await ask({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }, { path: '/page.js' })).status).toBe(
    403,
  )
  // A link to the page may stand anywhere.
  expect((await ask({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, { path: '/' })).status).toBe(200)
  expect(inspector.pageUrl).toBe(`${new URL('/', inspector.metricsUrl).href}#${inspector.token}`)
})

test('without the page there are the metrics, and nothing else', async () => {
  const bare = await inspect(bert, { page: false })
  expect(bare.pageUrl).toBeUndefined()
  const headers = { authorization: `Bearer ${bare.token}` }
  const status = async (path: string): Promise<number> =>
    (await fetch(new URL(path, bare.metricsUrl), { headers })).status
  expect(await Promise.all(['/metrics', '/', '/node.json', '/events'].map(status))).toEqual([200, 404, 404, 404])
  await bare.close()
})

test('it listens on this machine only; a taken port and a short token are refused', async () => {
  expect(new URL(inspector.metricsUrl).hostname).toBe('127.0.0.1')
  await expect(inspect(bert, { port: Number(new URL(inspector.metricsUrl).port) })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
  await expect(inspect(bert, { token: 'short' })).rejects.toThrow('at least 16')
})

test('it ends with its node, and closed twice; a closed node cannot be inspected', async () => {
  const events = await fetch(new URL('/events', inspector.metricsUrl), {
    headers: { authorization: `Bearer ${inspector.token}` },
  })
  expect(events.status).toBe(200)
  await anna.close()
  await inspector.close()
  await expect(fetch(inspector.metricsUrl)).rejects.toThrow()
  expect(['refused', 'lease-lost', 'close'].map((event) => anna.listenerCount(event as 'close'))).toEqual([0, 0, 0])
  await expect(inspect(anna)).rejects.toBeInstanceOf(ClosedError)
})

test('an option that there is not is refused', async () => {
  const options: object = { tokn: 'x'.repeat(16) }
  await expect(inspect(anna, options)).rejects.toThrow(
    'options.tokn is no option. Did you mean token? The options are port, token, page, secret, environment.',
  )
})
