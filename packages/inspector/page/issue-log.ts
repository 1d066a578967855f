import type { ReportedIssue } from '../src/wire.ts'
import { cell, element, rowHeader } from './element.ts'

const rowsMax = 200
const sources = {
  link: 'a link',
  lease: 'a lease',
  issue: 'issue',
  log: "the node's log",
  inspector: 'the inspector',
  page: 'this page',
} as const

/** What was refused, and what failed. */
export class IssueLog {
  readonly #rows = element('issue-rows', HTMLTableSectionElement)
  readonly #known = new Set<string>()

  add(issue: ReportedIssue): void {
    const { time, level, source, sentence } = issue
    // The server tells the old ones again when the page has been away.
    const name = `${time} ${source} ${sentence}`
    if (this.#known.has(name)) return
    this.#known.add(name)
    const row = document.createElement('tr')
    row.append(
      rowHeader(new Date(time).toLocaleTimeString()),
      cell(level, level),
      cell(sources[source]),
      cell(sentence),
    )
    this.#rows.prepend(row)
    if (this.#rows.children.length > rowsMax) this.#rows.lastElementChild?.remove()
    const [oldest] = this.#known
    if (this.#known.size > 4 * rowsMax && oldest !== undefined) this.#known.delete(oldest)
  }

  /** Something that went wrong in this page. */
  addOwn(sentence: string): void {
    this.add({ kind: 'issue', time: Date.now(), level: 'warn', source: 'page', sentence })
  }
}
