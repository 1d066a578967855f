import type { FaultRow } from '../../row.ts'
import { runCases } from '../../support/cases/case-loop.ts'
import { claimFalsely } from '../../support/adversaries/false-claims.ts'
import { connectCrosswise } from '../../support/nodes/cross-connects.ts'
import { dialItself, spellings } from '../../support/nodes/self-dials.ts'

const [claims, crossConnects] = [10_000, 1000]

/** Ids that are claimed by others, pairs that dial each other at once, and nodes that dial themselves. */
export const identities: FaultRow = {
  name: 'identities',
  fault: 'Strangers claim ids that are not theirs, nodes dial each other at once, and a node dials its own address.',
  mustHold: 'No routing-table entry is replaced, a pair has one link, and no node has a link with itself.',
  wanted: claims + crossConnects + spellings.length,
  unit: 'claims, cross-connects and self-dials',
  open: () => ({
    slice: (from, until) =>
      runCases(from, until, (index) => {
        if (index < claims) return claimFalsely(index)
        if (index < claims + crossConnects) return connectCrosswise(index)
        return dialItself(index - claims - crossConnects)
      }),
  }),
}
