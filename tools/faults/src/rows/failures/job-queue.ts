import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { now } from '../../support/processes/conversation.ts'
import { Member } from '../../support/processes/member.ts'

const workers = 3
const jobsPerQueue = 300
/** Jobs a second, at least. */
const rateMin = 20

/** The recipe of a queue of jobs, in real processes. */
export const jobQueue: FaultRow = {
  name: 'job-queue',
  fault: 'Three processes take 300 jobs from a queue, by the recipe and with the default settings.',
  mustHold: 'They do more than 20 jobs a second, and no job twice.',
  wanted: 20,
  unit: 'queues',
  figure: 'ms for a job',
  isTimed: true,
  open: async () => JobQueues.open(),
}

class JobQueues implements FaultRunner {
  readonly #boss: Member
  readonly #workers: readonly Member[]

  private constructor(boss: Member, own: readonly Member[]) {
    this.#boss = boss
    this.#workers = own
  }

  static async open(): Promise<JobQueues> {
    const boss = await Member.start([])
    return new JobQueues(boss, await Promise.all(Array.from({ length: workers }, () => Member.start([boss]))))
  }

  slice(from: number, until: number): Promise<SliceResult> {
    return runCases(from, until, (index) => this.#queue(index))
  }

  async close(): Promise<void> {
    await Promise.all([this.#boss, ...this.#workers].map((member) => member.kill()))
  }

  async #queue(index: number): Promise<CaseResult> {
    const prefix = `job/${index}/`
    const jobs = Array.from({ length: jobsPerQueue }, (_, number) => `${prefix}${number}`)
    const marks = this.#workers.map(({ reports }) => reports.length)
    this.#boss.send({ do: 'fill', keys: jobs })
    await Promise.all(this.#workers.map((each) => each.hears('set', { fits: ({ key }) => key === jobs.at(-1) })))
    const startedAt = now()
    for (const each of this.#workers) each.send({ do: 'work', prefix })
    await Promise.all(this.#workers.map((each, number) => each.hears('worked', { mark: marks[number] ?? 0 })))
    const done = this.#workers.flatMap((each) => each.all('performed')).filter(({ key }) => key.startsWith(prefix))
    const tookMs = Math.max(...done.map(({ at }) => at)) - startedAt
    const rate = done.length / (tookMs / 1000)
    const kinds = new Set(done.map(({ key }) => key)).size
    return {
      figure: tookMs / jobsPerQueue,
      violations: [
        ...unless(kinds === jobsPerQueue, `Of ${jobsPerQueue} jobs, ${kinds} were done.`),
        ...unless(done.length === kinds, `${done.length - kinds} jobs were done twice.`),
        ...unless(rate > rateMin, `${rate.toFixed(1)} jobs were done in a second.`),
      ],
    }
  }
}
