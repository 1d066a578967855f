import { expect } from 'vitest'
import { firstDifference, patternBytes } from './pattern.ts'
import type { Recorder } from './recorder.ts'
import type { StagedTest } from './stage.ts'

const mebibyte = 1024 * 1024
/** More than two kernels keep between two sockets of one machine. */
const floodBytes = 32 * mebibyte

export function dataContract(staged: StagedTest): void {
  staged('goes both ways, in order', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    const question = patternBytes(1000)
    const answer = patternBytes(2000).toReversed()
    for (let at = 0; at < 1000; at += 100) dialed.write(question.slice(at, at + 50), question.slice(at + 50, at + 100))
    await accepted.received(1000)
    accepted.write(answer)
    await dialed.received(2000)
    expect(firstDifference(accepted.chunks, question)).toBe('nowhere')
    expect(firstDifference(dialed.chunks, answer)).toBe('nowhere')
  })

  staged('comes after the link is open, also what was sent in the very moment of opening', async (stage) => {
    const dialed = stage.dial()
    dialed.react = (event) => event === 'open' && dialed.write(Uint8Array.of(1, 2, 3))
    const accepted = await stage.acceptedAt(0)
    accepted.react = (event) => event === 'open' && accepted.write(Uint8Array.of(4, 5))
    await Promise.all([accepted.received(3), dialed.received(2)])
    expect(accepted.chunks.flatMap((chunk) => [...chunk])).toEqual([1, 2, 3])
    expect(dialed.chunks.flatMap((chunk) => [...chunk])).toEqual([4, 5])
  })

  staged('of 5 MiB in chunks of many sizes arrives whole', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    const bytes = patternBytes(5 * mebibyte)
    for (let at = 0, length = 1; at < bytes.length; at += length, length = (length * 3) % 100_003) {
      dialed.write(bytes.slice(at, at + length))
    }
    await accepted.received(bytes.length)
    expect(firstDifference(accepted.chunks, bytes)).toBe('nowhere')
  })

  staged('of nothing is nothing', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    dialed.write()
    dialed.write(new Uint8Array(0))
    dialed.write(new Uint8Array(0), Uint8Array.of(7), new Uint8Array(0))
    await accepted.received(1)
    expect(accepted.receivedBytes).toBe(1)
  })

  staged('that was handed over is the handler’s to keep', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    const copies: Uint8Array[] = []
    accepted.react = (event) => {
      if (event === 'data') copies.push(accepted.chunks.at(-1)?.slice() ?? new Uint8Array(0))
    }
    for (let round = 0; round < 64; round += 1) dialed.write(new Uint8Array(16 * 1024).fill(round))
    await accepted.received(mebibyte)
    const changed = accepted.chunks.filter(
      (chunk, index) => firstDifference([chunk], copies[index] ?? chunk) !== 'nowhere',
    )
    expect(changed).toEqual([])
  })

  staged('stops at a pause and goes on at a resume, and none is lost', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    const bytes = patternBytes(floodBytes)
    accepted.react = (event) => {
      if (event === 'data' && accepted.count('data') === 1) accepted.pause()
    }
    for (let at = 0; at < floodBytes; at += 64 * 1024) dialed.write(bytes.subarray(at, at + 64 * 1024))
    await accepted.received(1)
    await stage.roundTrip()
    const atPause = accepted.receivedBytes
    expect(atPause).toBeLessThan(2 * mebibyte)
    await stage.roundTrip()
    expect(accepted.receivedBytes).toBe(atPause)
    accepted.resume()
    await accepted.received(floodBytes)
    expect(firstDifference(accepted.chunks, bytes)).toBe('nowhere')
  })

  staged('keeps its order for a handler that pauses at every chunk', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    const bytes = patternBytes(100_000)
    const resume = (): void => accepted.resume()
    accepted.react = (event) => {
      if (event !== 'data') return
      accepted.pause()
      void Promise.resolve().then(resume)
    }
    for (let at = 0; at < bytes.length; at += 100) dialed.write(bytes.slice(at, at + 100))
    await accepted.received(bytes.length)
    expect(firstDifference(accepted.chunks, bytes)).toBe('nowhere')
  })

  staged('that the other side does not take is counted, and its departure told', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    accepted.pause()
    dialed.write(new Uint8Array(floodBytes))
    await stage.roundTrip()
    expect(dialed.bufferedBytes).toBeGreaterThan(0)
    expect(dialed.count('drain')).toBe(0)
    accepted.resume()
    await dialed.drained()
    expect(dialed.bufferedBytes).toBe(0)
    await accepted.received(floodBytes)
  })

  staged('that is little is told of when it has left, too', async (stage) => {
    const { dialed, accepted } = await stage.pair()
    for (const side of [dialed, accepted]) {
      side.write(Uint8Array.of(1))
      // oxlint-disable-next-line no-await-in-loop -- one side after the other
      await side.drained()
      expect(side.bufferedBytes).toBe(0)
    }
  })

  staged('of 100 links at a time is not mixed up', async (stage) => {
    const dialed = Array.from({ length: 100 }, () => stage.dial())
    const answered = Promise.all(dialed.map(async (_, index) => echo(await stage.acceptedAt(index))))
    await Promise.all(dialed.map((link) => link.opened()))
    for (const [index, link] of dialed.entries()) link.write(Uint8Array.of(index))
    await Promise.all(dialed.map((link) => link.received(1)))
    await answered
    expect(dialed.map((link) => link.chunks[0]?.[0])).toEqual(dialed.map((_, index) => index))
  })
}

/** Sends back what comes first. */
async function echo(link: Recorder): Promise<void> {
  await link.received(1)
  link.write(...link.chunks)
}
