import type { Link, LinkHandler } from '@ts2p/base'
import { describe, expect, test } from 'vitest'
import { Calls } from './calls.ts'
import { firstDifference, patternBytes } from './pattern.ts'
import { Recorder } from './recorder.ts'

/** A link that tells what the test has it tell, and answers `close` with an event from inside the call. */
function puppet(): { recorder: Recorder; handler: () => LinkHandler } {
  let attached: LinkHandler | undefined
  const handler = (): LinkHandler => {
    if (!attached) throw new Error('Nothing is attached.')
    return attached
  }
  const link: Link = {
    remoteHost: '127.0.0.1',
    bufferedBytes: 0,
    attach: (given) => (attached = given),
    write: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    close: () => handler().onClose(undefined),
    destroy: () => undefined,
  }
  return { recorder: new Recorder(link, new Calls()), handler }
}

describe('the recorder notes as a breach of the contract', () => {
  test('nothing when all is well', () => {
    const { recorder, handler } = puppet()
    handler().onOpen()
    handler().onData(Uint8Array.of(1))
    handler().onDrain()
    handler().onClose(undefined)
    expect(recorder.breaches).toEqual([])
    expect(recorder.told).toEqual(['open', 'data', 'drain', 'close'])
  })

  test('an event from inside a call', () => {
    const { recorder } = puppet()
    recorder.close()
    expect(recorder.breaches).toEqual(['close from inside a call'])
  })

  test('data and drains before the opening, and a second opening', () => {
    const { recorder, handler } = puppet()
    handler().onData(Uint8Array.of(1))
    handler().onDrain()
    handler().onOpen()
    expect(recorder.breaches).toEqual(['data before open', 'drain before open', 'open after data, drain'])
  })

  test('anything after the end', () => {
    const { recorder, handler } = puppet()
    handler().onOpen()
    handler().onClose(undefined)
    handler().onClose(undefined)
    expect(recorder.breaches).toEqual(['close after close'])
  })
})

test('what a link has yet to tell can be awaited', async () => {
  const { recorder, handler } = puppet()
  const received = recorder.received(3)
  handler().onOpen()
  await recorder.opened()
  handler().onData(Uint8Array.of(1, 2))
  handler().onData(Uint8Array.of(3))
  await received
  const error = new Error('lost')
  handler().onClose(error)
  expect(await recorder.closed()).toBe(error)
})

test('a link that ends before it opens never opens', async () => {
  const { recorder, handler } = puppet()
  const opened = recorder.opened()
  handler().onClose(new Error('lost'))
  await expect(opened).rejects.toThrow('The link has ended before it was open.')
})

test('bytes that are lost, doubled or out of order are found', () => {
  const bytes = patternBytes(1000)
  const [first, second] = [bytes.subarray(0, 400), bytes.subarray(400)]
  expect(firstDifference([first, second], bytes)).toBe('nowhere')
  expect(firstDifference([second, first], bytes)).toBe(0)
  expect(firstDifference([first, first, second], bytes)).toBe(400)
  expect(firstDifference([first], bytes)).toBe(400)
  expect(firstDifference([first, second, first], bytes)).toBe(1000)
})
