import { decodeAcknowledgmentRequest, encodeAcknowledgmentReply, acknowledgmentIdBytes } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { neighborMessage, startLiar } from './liar.test-helper.ts'
import {
  connect,
  createNetwork,
  outcomeOf,
  port,
  settled,
  startApart,
  startNetwork,
  startNode,
} from './network.test-helper.ts'

test('two neighbors hold what was set: the wait ends with their word, and not before it could have come', async () => {
  const network = createNetwork(1)
  const { anna } = await startNetwork(network, ['anna', 'bert', 'cleo'])
  const outcome = outcomeOf(
    anna
      .set('key', 'value')
      .replicated('key', { replicas: 2 })
      .then(() => 'held'),
  )
  await settled()
  expect(outcome.value).toBeUndefined()
  network.simulation.runFor(1000)
  await settled()
  expect(outcome.value).toBe('held')
})

test('alone, nobody holds it, and it says how many do', async () => {
  const network = createNetwork(2)
  const { anna } = await startApart(network, ['anna'])
  const outcome = outcomeOf(anna.set('key', 'value').replicated('key', { timeoutMs: 3000 }))
  network.simulation.runFor(2999)
  await settled()
  expect(outcome.error).toBeUndefined()
  network.simulation.runFor(1)
  await settled()
  expect(outcome.error).toMatchObject({ code: 'REPLICAS_MISSING', replicas: 1, found: 0 })
  expect(anna.get('key')).toBe('value')
})

test('a neighbor that comes later counts, once it has it', async () => {
  const network = createNetwork(3)
  const { anna, bert } = await startApart(network, ['anna', 'bert'])
  const outcome = outcomeOf(
    anna
      .set('key', 'value')
      .replicated('key')
      .then(() => 'held'),
  )
  network.simulation.runFor(1000)
  void bert.connect('anna', 4444)
  network.simulation.runFor(3000)
  await settled()
  expect(outcome.value).toBe('held')
  expect(bert.get('key')).toBe('value')
})

test('a deletion too can be waited for', async () => {
  const network = createNetwork(4)
  const { anna, bert } = await startNetwork(network, ['anna', 'bert'])
  anna.set('key', 'value')
  network.simulation.runFor(1000)
  anna.del('key')
  const outcome = outcomeOf(anna.replicated('key').then(() => 'held'))
  network.simulation.runFor(1000)
  await settled()
  expect([outcome.value, bert.has('key')]).toEqual(['held', false])
})

test('what is no number of neighbors, and no time, is refused with an ArgumentError', async () => {
  const { anna } = await startApart(createNetwork(3), ['anna'])
  for (const replicas of [0, -1, 1.5, Number.NaN])
    await expect(anna.replicated('key', { replicas })).rejects.toMatchObject({ code: 'ARGUMENT', argument: 'replicas' })
  for (const timeoutMs of [0, Number.NaN, Number.POSITIVE_INFINITY])
    await expect(anna.replicated('key', { timeoutMs })).rejects.toMatchObject({
      code: 'ARGUMENT',
      argument: 'timeoutMs',
    })
})

test('a neighbor that keeps a claim, and knows that another has the key, does not say that it holds it', async () => {
  const network = createNetwork(5)
  const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
  await connect(network, bert.socket, 'anna')
  // Apart, both claim it; bert later. Then bert is heard of, and has not heard of anna's claim yet.
  network.partition([[anna.host], [bert.host]])
  anna.socket.set('key', 'earlier')
  network.simulation.runFor(3000)
  bert.socket.set('key', 'later')
  network.simulation.runFor(1000)
  network.heal()
  const replicated = bert.socket.set('key', 'later still').replicated('key', { timeoutMs: 60_000 })
  const outcome = outcomeOf(replicated.then(() => bert.socket.get('key')))
  for (let second = 0; second < 60; second++) {
    network.simulation.runFor(1000)
    await settled()
  }
  expect(outcome.value).toBe('earlier')
})

test('small frames: 2,000 waits for long keys lose no link, and all resolve', async () => {
  const network = createNetwork(6)
  const { anna } = await startNetwork(network, ['anna', 'bert'], {
    limits: { frameBytesMax: 16_384 },
    storeLimits: { valueBytesMax: 8192 },
  })
  let lostLinks = 0
  anna.on('peer-disconnect', () => (lostLinks += 1))
  const keys = Array.from({ length: 2000 }, () => Buffer.from(network.simulation.random.bytes(720)).toString('base64'))
  const outcomes = keys.map((key) =>
    outcomeOf(
      anna
        .set(key, 'x')
        .replicated(key)
        .then(() => 'held'),
    ),
  )
  network.simulation.runFor(10_000)
  await settled()
  expect(lostLinks).toBe(0)
  expect(outcomes.filter(({ value }) => value === undefined)).toEqual([])
})

test('a question has at most 64 KiB, or one key that is longer', async () => {
  const network = createNetwork(7)
  const { anna } = await startApart(network, ['anna'], { storeLimits: { keyBytesMax: 100_000, valueBytesMax: 1000 } })
  const { questions } = await startSilent(network)
  const lengths = [...Array.from({ length: 200 }, () => 1000), 100_000, 99_999, 10, 65_500, 20]
  for (const [index, length] of lengths.entries()) {
    const key = `${index}`.padEnd(length, '.')
    void outcomeOf(anna.set(key, 'x').replicated(key))
  }
  network.simulation.runFor(300)
  expect(questions.flatMap(({ keyLengths }) => keyLengths)).toEqual(lengths)
  const bytesOf = ({ keyLengths }: Heard): number =>
    keyLengths.reduce((sum, length) => sum + length + acknowledgmentIdBytes, 0)
  const long = questions.filter((question) => bytesOf(question) > 64 * 1024)
  expect(long.map(({ keyLengths }) => keyLengths)).toEqual([[100_000], [99_999]])
})

test('a late answer counts, and after a minute no longer: then one to a later question does', async () => {
  const network = createNetwork(8)
  const { anna } = await startApart(network, ['anna'])
  const { questions, answer } = await startSilent(network)
  const outcomes = ['one', 'two'].map((key) =>
    outcomeOf(
      anna
        .set(key, 'x')
        .replicated(key, { timeoutMs: 600_000 })
        .then(() => key),
    ),
  )
  const ended = async (): Promise<(string | undefined)[]> => {
    network.simulation.runFor(1000)
    await settled()
    return outcomes.map(({ value }) => value)
  }
  network.simulation.runFor(30_000)
  answer(questions[0], [true, false])
  expect(await ended()).toEqual(['one', undefined])
  const second = questions.at(-1)
  network.simulation.runFor(65_000)
  answer(second, [false, true])
  expect(await ended()).toEqual(['one', undefined])
  answer(questions.at(-1), [true])
  expect(await ended()).toEqual(['one', 'two'])
})

test('the question whether all was taken in counts for as long as the link lives', async () => {
  const network = createNetwork(9)
  const { anna } = await startApart(network, ['anna'], { catchUpMs: 600_000 })
  const { questions, answer } = await startSilent(network)
  // They are linked already, by the link that the neighbor has dialed.
  const outcome = outcomeOf(anna.connect('liar', port).then(() => 'caught up'))
  network.simulation.runFor(1000)
  await settled()
  network.simulation.runFor(90_000)
  await settled()
  expect(outcome.value).toBeUndefined()
  expect(questions.map(({ keyLengths }) => keyLengths)).toEqual([[]])
  answer(questions[0], [])
  network.simulation.runFor(1000)
  await settled()
  expect(outcome.value).toBe('caught up')
})

/** A question as a neighbor gets it. */
interface Heard {
  readonly nonce: number
  readonly keyLengths: readonly number[]
}

/** A neighbor of anna's that answers a question only when the test calls `answer`. */
async function startSilent(
  network: SimulatedNetwork,
): Promise<{ questions: readonly Heard[]; answer: (question: Heard | undefined, held: readonly boolean[]) => void }> {
  const questions: Heard[] = []
  const { connection } = await startLiar(network, 'anna', {
    listens: true,
    onMessage: (_connection, kind, payload) => {
      if (kind !== 'acknowledgment-request') return
      const { nonce, records } = decodeAcknowledgmentRequest(payload)
      questions.push({ nonce, keyLengths: records.map(({ key }) => key.length) })
    },
  })
  const answer = (question: Heard | undefined, held: readonly boolean[]): void =>
    connection.send(
      neighborMessage('acknowledgment-reply', encodeAcknowledgmentReply({ nonce: question?.nonce ?? 0, held })),
    )
  return { questions, answer }
}
