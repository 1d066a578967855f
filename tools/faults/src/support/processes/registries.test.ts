import { expect, test } from 'vitest'
import { Registries } from './registries.ts'

// How long it takes is for the row to say: a machine that is busy is late.
test('a process that is killed is out of the registry, with one event for each key', async () => {
  const registries = await Registries.open(Number.POSITIVE_INFINITY)
  try {
    const first = await registries.kill(0, [0, 0])
    expect(first.violations).toEqual([])
    // Looks at the events of the first kills again.
    expect((await registries.kill(1, [0])).violations).toEqual([])
  } finally {
    await registries.close()
  }
})
