import type { FaultRow, FaultRunner, SliceResult } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { now } from '../../support/processes/conversation.ts'
import { Member } from '../../support/processes/member.ts'

/** The shortest lease that an election allows, seconds. */
const leaseSeconds = 1
const killMs = leaseSeconds * 1000 + 1000
const stopMs = 1000
const candidates = 3
/** How long a leader leads before its term is ended: until it has renewed its lease, or several times that, milliseconds. */
const [termMsMin, termMsMax] = [500, 2000]

/** A time in which a node led. */
interface Term {
  readonly member: Member
  readonly token: string
  readonly since: number
  until: number
  lastToken: string
}

/** Elections in real processes whose leader is killed, closes its socket, or resigns. */
export const failOver: FaultRow = {
  name: 'fail-over',
  fault:
    'A leader with a lease of 1 s is killed, closes its socket, or resigns, 100 times each; two other processes stand.',
  mustHold: 'Another leads within 2 s after a kill, within 1 s after the others; never two, and tokens grow.',
  wanted: 300,
  unit: 'fail-overs',
  figure: '% of the time that a fail-over may take',
  isTimed: true,
  open: async () => FailOvers.open(),
}

class FailOvers implements FaultRunner {
  #members: Member[] = []
  readonly #terms: Term[] = []

  static async open(): Promise<FailOvers> {
    const row = new FailOvers()
    for (let count = 0; count < candidates; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one joins after the other
      await row.#join()
    }
    await row.#nextLeader()
    return row
  }

  slice(from: number, until: number): Promise<SliceResult> {
    return runCases(from, until, (index) => this.#failOver(index))
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.kill()))
  }

  async #failOver(index: number): Promise<CaseResult> {
    const way = (['kill', 'close', 'resign'] as const)[index % 3] ?? 'kill'
    const last = this.#terms.at(-1)
    if (!last) throw new Error('Nobody leads.')
    const { member } = last
    await new Promise((resolve) => setTimeout(resolve, termMsMin + randomOf(index).float() * (termMsMax - termMsMin)))
    this.#members = this.#members.filter((other) => other !== member)
    const endedAt = now()
    const next = this.#nextLeader()
    if (way === 'resign') member.send({ do: 'resign' })
    if (way === 'kill') await member.kill()
    if (way === 'close') await member.close()
    last.until = endedAt
    if (way !== 'kill') {
      const ended = await member.hears('ended')
      Object.assign(last, { until: ended.at, lastToken: ended.token })
    }
    const term = await next
    const tookMs = term.since - endedAt
    const boundMs = way === 'kill' ? killMs : stopMs
    await member.kill()
    await this.#join()
    return {
      figure: (100 * tookMs) / boundMs,
      violations: [
        ...unless(tookMs <= boundMs, `After a ${way}, another led after ${tookMs.toFixed(0)} ms.`),
        ...unless(term.since >= last.until, `Two led for ${(last.until - term.since).toFixed(1)} ms after a ${way}.`),
        ...unless(term.token > last.lastToken, `The token ${term.token} comes after ${last.lastToken}.`),
        ...this.#others(term),
      ],
    }
  }

  /** Another candidate joins all others, and stands. */
  async #join(): Promise<void> {
    const member = await Member.start(this.#members)
    this.#members.push(member)
    member.send({ do: 'stand', leaseSeconds })
  }

  /** Waits for the next of the members that is elected. */
  async #nextLeader(): Promise<Term> {
    const waits = this.#members.map(async (member): Promise<Term> => {
      const { token, at } = await member.hears('elected')
      return { member, token, since: at, until: Number.POSITIVE_INFINITY, lastToken: token }
    })
    const term = await Promise.race(waits)
    this.#terms.push(term)
    return term
  }

  /** What members have reported that do not lead, as far as is known here. */
  #others({ member }: Term): string[] {
    return this.#members
      .filter((other) => other !== member && other.all('elected').length > 0)
      .map((other) => `${other.id} was elected while ${member.id} led.`)
      .concat(member.all('ended').map(() => `${member.id} has lost its term.`))
  }
}
