import { SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.ts'

/** What is shown while something takes long. */
export interface Progress {
  /** @param total how many there will be, if it is known */
  start(what: string, total?: number): void
  update(done: number): void
  stop(): void
}

/** How long something takes before it is worth a word, milliseconds. */
const patienceMs = 300

/** Progress on the errors' stream, where a person looks at it; elsewhere nothing. */
export function progressOn(terminal: Terminal): Progress {
  const stream = terminal.progressStream
  if (!stream) return { start: () => undefined, update: () => undefined, stop: () => undefined }
  let bar: SingleBar | undefined
  let done = 0
  let timer: NodeJS.Timeout | undefined
  return {
    start(what, total) {
      done = 0
      timer = setTimeout(() => {
        const format =
          total === undefined ? '{what}: {value} keys, {duration} s' : '{what}: [{bar}] {value}/{total}, {eta} s left'
        bar = new SingleBar({ format, stream, clearOnComplete: true, gracefulExit: false, barsize: 30 })
        bar.start(total ?? Number.MAX_SAFE_INTEGER, done, { what })
      }, patienceMs)
      timer.unref()
    },
    update(now) {
      done = now
      bar?.update(now)
    },
    stop() {
      clearTimeout(timer)
      bar?.stop()
      bar = undefined
    },
  }
}
