// Starts chains of three processes in random order over each transport, and prints how long after the last node listened all were linked.
// usage: chains.js [runs per transport, default 20]
import { encryptions, startChain } from './chain.ts'

/** Wanted: all linked within this time after the last node listens, milliseconds. */
const lagMsMax = 1000

const runs = Number(process.argv[2] ?? 20)
if (!(Number.isInteger(runs) && runs > 0)) {
  console.error('usage: chains.js [runs per transport, a whole number above 0]')
  process.exit(2)
}
for (const encryption of encryptions) {
  const lags: number[] = []
  for (let run = 0; run < runs; run += 1) lags.push(await startChain(encryption, randomOrder()))
  const inTime = lags.filter((lagMs) => lagMs <= lagMsMax).length
  const worst = Math.max(...lags)
  console.log(
    `${encryption}: ${inTime} of ${runs} linked within ${lagMsMax} ms of the last listener, worst ${worst} ms`,
  )
  if (inTime < runs) process.exitCode = 1
}

function randomOrder(): number[] {
  const keyed = [0, 1, 2].map((index) => ({ index, key: Math.random() }))
  return keyed.toSorted((a, b) => a.key - b.key).map(({ index }) => index)
}
