import type { FaultRow } from './row.ts'
import { hostileNames } from './rows/hostile-names.ts'
import { replay } from './rows/replay.ts'
import { forged } from './rows/forged.ts'
import { versions } from './rows/versions.ts'
import { timestamps } from './rows/timestamps.ts'
import { leaseInflation } from './rows/lease-inflation.ts'
import { compressionBomb } from './rows/compression-bomb.ts'
import { tinyChunks } from './rows/tiny-chunks.ts'
import { lengthPrefix } from './rows/length-prefix.ts'
import { goldenFrames } from './rows/golden-frames.ts'
import { malformedFrames } from './rows/malformed-frames.ts'

/** All rows, in the order of `faults.md`. Each has a file in `rows/`. */
export const rows: readonly FaultRow[] = [
  malformedFrames,
  goldenFrames,
  lengthPrefix,
  tinyChunks,
  compressionBomb,
  leaseInflation,
  timestamps,
  versions,
  forged,
  replay,
  hostileNames,
]
