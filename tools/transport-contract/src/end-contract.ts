import { expect } from 'vitest'
import { firstDifference, patternBytes } from './pattern.ts'
import type { StagedTest } from './stage.ts'

const mebibyte = 1024 * 1024

export function endContract(staged: StagedTest): void {
  for (const side of ['dialed', 'accepted'] as const) {
    const other = side === 'dialed' ? 'accepted' : 'dialed'

    staged(`comes after 5 MiB written before close on the ${side} side`, async (stage) => {
      const { [side]: closer, [other]: reader } = await stage.pair()
      const bytes = patternBytes(5 * mebibyte)
      closer.write(bytes)
      closer.close()
      expect(await Promise.all([closer.closed(), reader.closed()])).toEqual([undefined, undefined])
      expect(firstDifference(reader.chunks, bytes)).toBe('nowhere')
    })

    staged(`has no error on the ${side} side that destroys`, async (stage) => {
      const { [side]: destroyer, [other]: observe } = await stage.pair()
      destroyer.destroy()
      expect(await destroyer.closed()).toBeUndefined()
      await observe.closed()
    })

    staged(`comes soon when the ${side} side closes while it is paused`, async (stage) => {
      const { [side]: closer, [other]: observe } = await stage.pair()
      closer.pause()
      observe.write(new Uint8Array(5 * mebibyte))
      closer.write(Uint8Array.of(1))
      closer.close()
      expect(await Promise.all([closer.closed(), observe.closed()])).toEqual([undefined, undefined])
      expect(observe.receivedBytes).toBe(1)
    })
  }

  staged('waits for a paused handler to take all that was sent before it', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    const bytes = patternBytes(8 * 1024)
    accepted.react = (event) => {
      if (event === 'data' && accepted.count('data') === 1) accepted.pause()
    }
    for (let at = 0; at < bytes.length; at += 64) dialed.write(bytes.slice(at, at + 64))
    dialed.close()
    await accepted.received(1)
    // If all has come in one chunk already, the end may come during the pause.
    await stage.roundTrip()
    accepted.resume()
    expect(await accepted.closed()).toBeUndefined()
    expect(firstDifference(accepted.chunks, bytes)).toBe('nowhere')
  })

  staged('comes without an error when both sides close at once', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    dialed.close()
    accepted.close()
    expect(await Promise.all([dialed.closed(), accepted.closed()])).toEqual([undefined, undefined])
  })

  staged('comes at once by destroy when close waits for a reader that takes nothing', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    accepted.pause()
    dialed.write(new Uint8Array(32 * mebibyte))
    dialed.close()
    await stage.roundTrip()
    expect(dialed.told).not.toContain('close')
    dialed.destroy()
    expect(await dialed.closed()).toBeUndefined()
  })

  staged('leaves nothing to be done: calls after it have no effect', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    dialed.close()
    await Promise.all([dialed.closed(), accepted.closed()])
    const before = [dialed.told.length, accepted.told.length]
    for (const side of [dialed, accepted]) {
      side.write(Uint8Array.of(1))
      side.pause()
      side.resume()
      side.close()
      side.destroy()
      expect(side.bufferedBytes).toBe(0)
    }
    await stage.roundTrip()
    expect([dialed.told.length, accepted.told.length]).toEqual(before)
  })

  for (const ending of ['close', 'destroy'] as const) {
    staged(`comes without an error by ${ending} in the turn of the dial`, async (stage) => {
      const dialed = stage.dial()
      dialed[ending]()
      expect(await dialed.closed()).toBeUndefined()
      expect(dialed.told).toEqual(['close'])
      await stage.roundTrip()
    })

    staged(`comes without an error by ${ending} during the dial`, async (stage) => {
      const dialed = stage.dial()
      await Promise.resolve()
      dialed[ending]()
      expect(await dialed.closed()).toBeUndefined()
      expect(dialed.told).toEqual(['close'])
      await stage.roundTrip()
    })

    staged(`comes by ${ending} from the accepting side as soon as it hears of the link`, async (stage) => {
      const dialed = stage.dial()
      const accepted = await stage.acceptedAt(0)
      accepted[ending]()
      expect(await accepted.closed()).toBeUndefined()
      await dialed.closed()
    })
  }
}
