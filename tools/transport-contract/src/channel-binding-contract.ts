import { expect, test } from 'vitest'
import { Stage } from './stage.ts'
import type { Subject } from './stage.ts'

/** The channel bindings of both ends of a new link. */
async function bindingsOf(stage: Stage): Promise<(Uint8Array | undefined)[]> {
  const { dialed, accepted } = await stage.pair()
  return [dialed, accepted].map(({ channelBinding }) => channelBinding)
}

/** What a transport over TLS must tell of its channels (RFC 9266), and the same transport without TLS must not. */
export function channelBindingContract({ encrypted, plain }: { encrypted: Subject; plain: Subject }): void {
  test('both ends of an encrypted link have the same channel binding, and two links have two', async () => {
    const stage = await Stage.open(encrypted)
    const [first, second] = [await bindingsOf(stage), await bindingsOf(stage)]
    expect(first[0]).toHaveLength(32)
    expect(first[0]).toEqual(first[1])
    expect(second[0]).toEqual(second[1])
    expect(first[0]).not.toEqual(second[0])
    expect(await stage.end()).toEqual([])
  })

  test('a link has none before it is open, and one without encryption none at all', async () => {
    const stage = await Stage.open(encrypted)
    expect(stage.dial().channelBinding).toBeUndefined()
    await stage.end()
    const open = await Stage.open(plain)
    expect(await bindingsOf(open)).toEqual([undefined, undefined])
    await open.end()
  })
}
