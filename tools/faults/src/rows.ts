import type { FaultRow } from './row.ts'
import { eclipse } from './rows/peers/eclipse.ts'
import { sinceQuestions } from './rows/peers/since-questions.ts'
import { compressionBomb } from './rows/bytes/compression-bomb.ts'
import { forged } from './rows/records/forged.ts'
import { goldenFrames } from './rows/bytes/golden-frames.ts'
import { hostileNames } from './rows/bytes/hostile-names.ts'
import { leaseInflation } from './rows/records/lease-inflation.ts'
import { lengthPrefix } from './rows/bytes/length-prefix.ts'
import { malformedFrames } from './rows/bytes/malformed-frames.ts'
import { poisonedReconciliation } from './rows/bytes/poisoned-reconciliation.ts'
import { replay } from './rows/records/replay.ts'
import { timestamps } from './rows/records/timestamps.ts'
import { tinyChunks } from './rows/bytes/tiny-chunks.ts'
import { versions } from './rows/bytes/versions.ts'
import { slowHandshakes } from './rows/peers/slow-handshakes.ts'
import { connectionFlood } from './rows/peers/connection-flood.ts'
import { handlers } from './rows/failures/handlers.ts'
import { identities } from './rows/peers/identities.ts'
import { silentNeighbors } from './rows/peers/silent-neighbors.ts'
import { memoryIds } from './rows/memory/memory-ids.ts'
import { deletedNames } from './rows/memory/deleted-names.ts'
import { ephemeralKeys } from './rows/memory/ephemeral-keys.ts'
import { memoryKeys } from './rows/memory/memory-keys.ts'
import { slowConsumer } from './rows/memory/slow-consumer.ts'
import { killNine } from './rows/failures/kill-9.ts'
import { failOver } from './rows/failures/fail-over.ts'
import { jobQueue } from './rows/failures/job-queue.ts'
import { registryKills } from './rows/failures/registry-kills.ts'
import { journalDamage } from './rows/failures/journal-damage.ts'
import { clockSteps } from './rows/failures/clock-steps.ts'
import { halfOpen } from './rows/failures/half-open.ts'
import { partition } from './rows/failures/partition.ts'
import { manInTheMiddle } from './rows/peers/man-in-the-middle.ts'
import { close } from './rows/failures/close.ts'
import { probes } from './rows/peers/probes.ts'

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
  deletedNames,
  ephemeralKeys,
  sinceQuestions,
  slowConsumer,
  killNine,
  journalDamage,
  clockSteps,
  halfOpen,
  partition,
  manInTheMiddle,
  close,
  registryKills,
  failOver,
  jobQueue,
  probes,
]
