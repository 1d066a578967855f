import type { FaultRow } from './row.ts'
import { eclipse } from './rows/eclipse.ts'
import { sinceQuestions } from './rows/since-questions.ts'
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
import { slowHandshakes } from './rows/slow-handshakes.ts'
import { connectionFlood } from './rows/connection-flood.ts'
import { handlers } from './rows/handlers.ts'
import { identities } from './rows/identities.ts'
import { silentNeighbors } from './rows/silent-neighbors.ts'
import { memoryIds } from './rows/memory-ids.ts'
import { memoryKeys } from './rows/memory-keys.ts'
import { slowConsumer } from './rows/slow-consumer.ts'
import { killNine } from './rows/kill-9.ts'
import { journalDamage } from './rows/journal-damage.ts'
import { clockSteps } from './rows/clock-steps.ts'
import { halfOpen } from './rows/half-open.ts'
import { partition } from './rows/partition.ts'
import { manInTheMiddle } from './rows/man-in-the-middle.ts'
import { close } from './rows/close.ts'
import { probes } from './rows/probes.ts'

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
  slowHandshakes,
  connectionFlood,
  handlers,
  identities,
  eclipse,
  silentNeighbors,
  memoryIds,
  memoryKeys,
  sinceQuestions,
  slowConsumer,
  killNine,
  journalDamage,
  clockSteps,
  halfOpen,
  partition,
  manInTheMiddle,
  close,
  probes,
]
