import type { FaultRow } from './row.ts'
import { compressionBomb } from './rows/compression-bomb.ts'
import { forged } from './rows/forged.ts'
import { goldenFrames } from './rows/golden-frames.ts'
import { hostileNames } from './rows/hostile-names.ts'
import { leaseInflation } from './rows/lease-inflation.ts'
import { lengthPrefix } from './rows/length-prefix.ts'
import { malformedFrames } from './rows/malformed-frames.ts'
import { poisonedReconciliation } from './rows/poisoned-reconciliation.ts'
import { replay } from './rows/replay.ts'
import { timestamps } from './rows/timestamps.ts'
import { tinyChunks } from './rows/tiny-chunks.ts'
import { versions } from './rows/versions.ts'

/** All rows, in the order of `faults.md`. Each has a file in `rows/`. */
export const rows: readonly FaultRow[] = [
  malformedFrames,
  goldenFrames,
  lengthPrefix,
  tinyChunks,
  compressionBomb,
  forged,
  replay,
  timestamps,
  leaseInflation,
  hostileNames,
  poisonedReconciliation,
  versions,
]
