import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { isProgressStep } from './progress.ts'
import type { ProgressStep } from './progress.ts'

/** The end of what a process wrote as errors, in characters, that its violation quotes. */
const errorTextMax = 2000

/** How a row is run in a process of its own. */
export interface RowProcessOptions {
  readonly name: string
  readonly from: number
  readonly wanted: number
  /** How long it may run. It ends after the slice in which this passes. */
  readonly ms: number
  readonly heapMiB?: number
  /** The program: `run-row.js`. */
  readonly program: string
  /** How long it may report nothing, in milliseconds, until it counts as hung. */
  readonly silenceMs: number
  readonly onStep: (step: ProgressStep) => void
}

/**
 * Runs a row in a process of its own. A crash, a hang and unreadable output are violations of the case that it was at.
 *
 * @returns true when the process ended well, false when its end is a violation
 */
export function runRowProcess(options: RowProcessOptions): Promise<boolean> {
  const { name, from, wanted, ms, heapMiB, program, silenceMs, onStep } = options
  const flags = ['--expose-gc', ...(heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`])]
  const child = spawn(process.execPath, [...flags, program, name, String(from), String(ms)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve) => {
    let at = from
    let errorText = ''
    let fault: string | undefined
    let changedAt = performance.now()
    const stop = (why: string): void => {
      fault ??= why
      child.kill('SIGKILL')
    }
    let timer = setTimeout(onSilence, silenceMs)
    function onSilence(): void {
      stop(`it reported nothing for ${silenceMs / 1000} s`)
    }
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (fault !== undefined) return
      const step = readStep(line)
      if (!step || step.done > wanted - at) return stop(`it printed '${line.slice(0, 200)}'`)
      clearTimeout(timer)
      timer = setTimeout(onSilence, silenceMs)
      at += step.done
      changedAt = performance.now()
      onStep(step)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errorText = (errorText + text).slice(-errorTextMax)
    })
    child.on('error', (error) => stop(`it did not start: ${error.message}`))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code !== 0) fault ??= `it ended with ${signal ?? `code ${code}`}`
      if (fault !== undefined) {
        const quoted = errorText.trim() === '' ? '' : `; it wrote: ${errorText.trim()}`
        const violation = `Case ${at}, or one soon after it: the process failed, ${fault}${quoted}`
        onStep({ done: 0, violations: [violation], ms: Math.round(performance.now() - changedAt) })
      }
      resolve(fault === undefined)
    })
  })
}

function readStep(line: string): ProgressStep | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    return isProgressStep(parsed) && parsed.done > 0 ? parsed : undefined
  } catch {
    return undefined
  }
}
