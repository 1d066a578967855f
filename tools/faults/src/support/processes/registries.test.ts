import { expect, test } from 'vitest'
import { Registries } from './registries.ts'

test('a process that is killed is out of the registry within its lease and a second, with one event for each key', async () => {
  const registries = await Registries.open()
  try {
    const first = await registries.kill(0, [0, 0])
    expect(first.violations).toEqual([])
    // Looks at the events of the first kills again.
    expect((await registries.kill(1, [0])).violations).toEqual([])
  } finally {
    await registries.close()
  }
})
