import type { FaultRow } from '../row.ts'
import { runCases, unless } from '../support/case-loop.ts'
import { EclipseDay } from '../support/eclipse-day.ts'

const seeds = 1000

/** Attackers who want to be the only neighbors that honest nodes have. */
export const eclipse: FaultRow = {
  name: 'eclipse',
  fault: '1,000 attackers in ten /16 networks dial 50 honest nodes for 24 virtual hours, and name each other only.',
  mustHold: 'At most one honest node has links with attackers only.',
  wanted: seeds,
  unit: 'seeds',
  figure: 'honest nodes isolated',
  open: () => ({
    slice: (from, until) =>
      runCases(from, until, async (index) => {
        const isolated = await new EclipseDay(index).run()
        return {
          figure: isolated,
          violations: unless(isolated <= 1, `${isolated} honest nodes have links with attackers only.`),
        }
      }),
  }),
}
