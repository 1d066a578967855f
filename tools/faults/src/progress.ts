import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { TestedCode } from './commit.ts'

/** Violations that are kept in full for each row. All are counted. */
const violationsKeptMax = 20

/** How far a row has come. */
export interface RowProgress {
  /** Cases that were run: those from 0 up to this number. */
  readonly done: number
  /** The worst figure of all of them. */
  readonly worst?: number
  /** The first violations, one sentence each. */
  readonly violations: readonly string[]
  /** All violations, those that are not kept included. */
  readonly violationCount: number
  /** The time that the row has had, in milliseconds. */
  readonly ms: number
}

/** What a slice, or the end of a process, adds to the progress of a row. */
export interface ProgressStep {
  readonly done: number
  readonly worst?: number
  readonly violations: readonly string[]
  readonly ms: number
}

interface ProgressFile extends TestedCode {
  readonly machine: string
  readonly rows: Readonly<Record<string, RowProgress>>
}

const nothingDone: RowProgress = { done: 0, violations: [], violationCount: 0, ms: 0 }

/** The progress of all rows on one state of the code, kept in a file so that a later run can continue. */
export class Progress {
  readonly commit: string
  readonly sources: string
  readonly machine: string
  readonly #path: string
  readonly #rows: Map<string, RowProgress>

  private constructor(path: string, { commit, sources, machine, rows }: ProgressFile) {
    this.#path = path
    this.commit = commit
    this.sources = sources
    this.machine = machine
    this.#rows = new Map(Object.entries(rows))
  }

  /**
   * Continues the progress that was kept for these sources, or begins anew.
   *
   * @param report is given a sentence when the file is damaged or belongs to other sources
   */
  static open(
    path: string,
    tested: TestedCode & { readonly machine: string },
    report: (sentence: string) => void,
  ): Progress {
    const persisted = Progress.last(path, report)
    if (persisted?.sources === tested.sources)
      return new Progress(path, { ...tested, rows: Object.fromEntries(persisted.#rows) })
    if (persisted)
      report(`The kept progress belongs to ${persisted.commit}, whose code is another; all rows begin anew.`)
    return new Progress(path, { ...tested, rows: {} })
  }

  /**
   * The progress that was kept last, of whatever commit.
   *
   * @param report is given a sentence when the file is damaged
   */
  static last(path: string, report: (sentence: string) => void): Progress | undefined {
    try {
      const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
      if (isProgressFile(parsed)) return new Progress(path, parsed)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    }
    report(`The kept progress in ${path} is damaged; all rows begin anew.`)
    return undefined
  }

  /** Forgets what was kept. */
  static forget(path: string): void {
    rmSync(path, { force: true })
  }

  /** How far a row has come. */
  of(name: string): RowProgress {
    return this.#rows.get(name) ?? nothingDone
  }

  /** Adds cases to a row and writes the file. A violation that is known already is not counted again. */
  add(name: string, { done, worst, violations, ms }: ProgressStep): void {
    const before = this.of(name)
    const fresh = violations.filter((violation) => !before.violations.includes(violation))
    const worstOfAll = before.worst === undefined ? worst : Math.max(before.worst, worst ?? before.worst)
    this.#rows.set(name, {
      done: before.done + done,
      ...(worstOfAll !== undefined && { worst: worstOfAll }),
      violations: [...before.violations, ...fresh].slice(0, violationsKeptMax),
      violationCount: before.violationCount + fresh.length,
      ms: before.ms + ms,
    })
    this.#write()
  }

  /** Writes the file next to its place and moves it there, so that an interruption leaves a whole file. */
  #write(): void {
    const file: ProgressFile = {
      commit: this.commit,
      sources: this.sources,
      machine: this.machine,
      rows: Object.fromEntries(this.#rows),
    }
    mkdirSync(dirname(this.#path), { recursive: true })
    const temporaryPath = `${this.#path}.${process.pid}`
    writeFileSync(temporaryPath, `${JSON.stringify(file, undefined, 2)}\n`)
    renameSync(temporaryPath, this.#path)
  }
}

function isProgressFile(value: unknown): value is ProgressFile {
  if (!isRecord(value)) return false
  const words = [value['commit'], value['sources'], value['machine']]
  if (!words.every((word) => typeof word === 'string')) return false
  return isRecord(value['rows']) && Object.values(value['rows']).every((row) => isRowProgress(row))
}

function isRowProgress(value: unknown): value is RowProgress {
  return isProgressStep(value) && isRecord(value) && isCount(value['violationCount'])
}

/** Whether a parsed value is a step that a child reported. */
export function isProgressStep(value: unknown): value is ProgressStep {
  if (!isRecord(value)) return false
  const { done, worst, violations, ms } = value
  if (worst !== undefined && typeof worst !== 'number') return false
  if (!Array.isArray(violations) || !violations.every((violation) => typeof violation === 'string')) return false
  return isCount(done) && typeof ms === 'number' && ms >= 0
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
