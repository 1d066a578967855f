import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { integrityOf, MemoryRegistry } from './registry.ts'

const upstream = 'http://127.0.0.1:9/elsewhere/'
const tarball = new TextEncoder().encode('a tarball')

let registry: MemoryRegistry
beforeEach(async () => {
  registry = new MemoryRegistry(upstream)
  await registry.listen()
})
afterEach(() => registry.close())

function publish(name: string, version: string, integrity = integrityOf(tarball)): Promise<Response> {
  const file = `${name}-${version}.tgz`
  const body = {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { name, version, dist: { integrity } } },
    _attachments: { [file]: { data: Buffer.from(tarball).toString('base64') } },
  }
  return fetch(registry.url + encodeURIComponent(name), { method: 'PUT', body: JSON.stringify(body) })
}

function get(path: string): Promise<Response> {
  return fetch(registry.url + path, { redirect: 'manual' })
}

describe('what was published', () => {
  test('is there, with the address and the sum of its tarball', async () => {
    expect((await publish('@ts2p/store', '0.1.0')).status).toBe(201)
    const { 'dist-tags': tags, versions } = (await (await get('@ts2p%2fstore')).json()) as {
      'dist-tags': unknown
      versions: Record<string, { dist: { tarball: string; integrity: string } }>
    }
    expect(tags).toEqual({ latest: '0.1.0' })
    const dist = versions['0.1.0']?.dist
    expect(dist?.integrity).toBe(integrityOf(tarball))
    expect(new Uint8Array(await (await fetch(dist?.tarball ?? '')).arrayBuffer())).toEqual(tarball)
    expect([...registry.latest.keys()]).toEqual(['@ts2p/store'])
  })

  test('cannot be published again', async () => {
    await publish('ts2p', '0.1.0')
    expect((await publish('ts2p', '0.1.0')).status).toBe(403)
    expect((await publish('ts2p', '0.2.0')).status).toBe(201)
    expect(registry.latest.get('ts2p')?.manifest.version).toBe('0.2.0')
  })

  test('has only the tarballs that it has', async () => {
    await publish('ts2p', '0.1.0')
    expect((await get('ts2p/-/ts2p-0.3.0.tgz')).status).toBe(404)
  })
})

test('a tarball that came damaged is refused', async () => {
  expect((await publish('ts2p', '0.1.0', integrityOf(new Uint8Array()))).status).toBe(400)
  expect(registry.latest.size).toBe(0)
})

test('for everything else one is sent to the registry that has it', async () => {
  const response = await get('@noble%2fhashes')
  expect([response.status, response.headers.get('location')]).toEqual([302, `${upstream}@noble%2fhashes`])
})
