import { randomOf, unless } from '../cases/case-loop.ts'
import type { CaseResult } from '../cases/case-loop.ts'
import { codeOf, createNetwork, pass, startSync } from '../nodes/simulated-nodes.ts'
import { deviceError, TestPersistence } from './test-persistence.ts'

const rounds = 25

/** A device that is full or broken from some write on, and works again later. */
export async function writeToFailingDevice(index: number): Promise<CaseResult> {
  const random = randomOf(index)
  const network = createNetwork(index + 1)
  const persistence = new TestPersistence()
  const { socket } = await startSync(network, 'anna', { persistence })
  const code = random.pick(['ENOSPC', 'EIO'] as const)
  const firstFailure = random.integer(0, rounds - 1)
  let [write, isFailing] = [0, true]
  const isDown = (): boolean => isFailing && write > firstFailure
  // Sometimes the batch was written all the same, and only the word of it was lost.
  persistence[random.chance(0.3) ? 'afterWrite' : 'beforeWrite'] = () => {
    write += 1
    if (isDown()) throw deviceError(code)
  }
  const violations: string[] = []
  const durable = new Map<string, number>()
  for (let round = 0; round < rounds; round += 1) {
    const key = `key ${round % 7}`
    socket.set(key, `${round}`)
    // oxlint-disable-next-line no-await-in-loop -- one write after the other
    const told = await socket.flush().then(
      () => 'durable',
      (error: unknown) => codeOf(error),
    )
    if (told === 'durable') durable.set(key, round)
    const expected = isDown() ? 'PERSISTENCE_FAILED' : 'durable'
    violations.push(...unless(told === expected, `Round ${round}: flush() came to ${told}, not ${expected}.`))
    violations.push(...unless(socket.get(key) === `${round}`, `Round ${round}: memory does not have what was set.`))
  }
  const reported = socket.issues.map(({ message }) => message).join(' ')
  violations.push(
    ...unless(firstFailure >= write || reported.includes(code), `The issues are '${reported}', without ${code}.`),
  )
  // What a restart would find now: everything that was called durable.
  const { socket: found } = await startSync(network, 'found', { persistence: new TestPersistence(persistence.entries) })
  for (const [key, round] of durable) {
    const has = found.get(key)
    violations.push(...unless(Number(has) >= round, `A restart finds ${key} = ${has}, and ${round} was durable.`))
  }
  violations.push(...unless(found.id === socket.id, 'A restart finds another identity.'))
  // The device works again: it is written without another call.
  isFailing = false
  await pass(network, 40_000)
  const { socket: later } = await startSync(network, 'later', { persistence: new TestPersistence(persistence.entries) })
  for (let key = 0; key < 7; key += 1) {
    const [here, there] = [socket.get(`key ${key}`), later.get(`key ${key}`)]
    violations.push(
      ...unless(here === there, `After recovery key ${key} is ${there} on the device and ${here} in memory.`),
    )
  }
  return { violations }
}
