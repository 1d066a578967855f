import type { Environment, LogLevel, RefusedError } from '@ts2p/base'
import { textFromBytes } from '@ts2p/protocol'
import { holdsLeases } from '../inspected.ts'
import type { Inspected, LostLease } from '../inspected.ts'
import type { ReportedIssue } from '../wire.ts'

/** How many are remembered for a page that is opened later. */
const rememberedMax = 200

/** What was refused and what failed: refused handshakes, new issues, and what the node logs. */
export class IssueWatch {
  readonly #node: Inspected
  readonly #environment: Environment
  readonly #tell: (issue: ReportedIssue) => void
  readonly #remembered: ReportedIssue[] = []
  #issues = new Set<string>()

  constructor(options: { node: Inspected; environment: Environment; tell: (issue: ReportedIssue) => void }) {
    this.#node = options.node
    this.#environment = options.environment
    this.#tell = options.tell
    options.node.on('refused', this.#onRefused)
    if (holdsLeases(options.node)) options.node.on('lease-lost', this.#onLeaseLost)
  }

  /** The last ones, the oldest first. */
  get remembered(): readonly ReportedIssue[] {
    return this.#remembered
  }

  /** Takes one in. */
  add(source: ReportedIssue['source'], level: LogLevel, sentence: string): void {
    const issue: ReportedIssue = { kind: 'issue', time: this.#environment.now(), level, source, sentence }
    this.#remembered.push(issue)
    if (this.#remembered.length > rememberedMax) this.#remembered.shift()
    this.#tell(issue)
  }

  /** Looks whether the node has new issues. */
  look(): void {
    const sentences = this.#node.issues.map(({ message, count }) =>
      count === 1 ? message : `${message} (${count} times)`,
    )
    for (const sentence of sentences) if (!this.#issues.has(sentence)) this.add('issue', 'warn', sentence)
    this.#issues = new Set(sentences)
  }

  close(): void {
    this.#node.off('refused', this.#onRefused)
    if (holdsLeases(this.#node)) this.#node.off('lease-lost', this.#onLeaseLost)
  }

  readonly #onLeaseLost = ({ key, owner }: LostLease): void => {
    const name = key instanceof Uint8Array ? textFromBytes(key) : String(key)
    this.add('lease', 'warn', `The node ${owner} holds the key "${name}" now, which this node held.`)
  }

  readonly #onRefused = ({ message }: RefusedError): void => this.add('link', 'warn', message)
}
