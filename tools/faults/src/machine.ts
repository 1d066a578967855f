import { cpus, totalmem } from 'node:os'

/** The machine that the rows ran on, in one line. */
export function describeMachine(): string {
  const processors = cpus()
  const model = processors[0]?.model.trim() ?? 'unknown processor'
  const memoryGiB = (totalmem() / 2 ** 30).toFixed(1)
  return `${model}, ${processors.length} cores, ${memoryGiB} GiB of memory, Node ${process.version}, ${process.platform}`
}
