import type { FaultRow } from '../../row.ts'
import { randomOf, runCases } from '../../support/cases/case-loop.ts'
import { Registries } from '../../support/processes/registries.ts'

const killsEach = 4
/** Most that a process lives after its keys are known everywhere, milliseconds: several renewals. */
const lifeMsMax = 5000

/** Registries of services in real processes: kill -9 of a service. */
export const registryKills: FaultRow = {
  name: 'registry-kills',
  fault: 'Processes whose ephemeral keys have leases of 5 s are killed, 4 at a time; three other processes watch.',
  mustHold: 'Every key is gone on every process within 6 s of the kill, with one event each.',
  wanted: 25,
  unit: 'rounds of 4 kills',
  figure: '% of the time that it may take',
  isTimed: true,
  async open() {
    const registries = await Registries.open()
    return {
      slice: (from, until) =>
        runCases(from, until, (index) => {
          const random = randomOf(index)
          return registries.kill(
            index,
            Array.from({ length: killsEach }, () => random.float() * lifeMsMax),
          )
        }),
      close: () => registries.close(),
    }
  },
}
