import type { Address, NodeId } from '@ts2p/protocol'
import type { DialAttempt, PersistentPeer, PersistentPeerOwner } from '../base-options.ts'
import type { Connection } from '../links/connection.ts'
import { RedialSchedule } from './redial-schedule.ts'
import type { Environment } from '../environment/environment.ts'
import { ClosedError, handshakeFailure } from '../errors.ts'
import type { RefusedError } from '../handshake/refused-error.ts'

/** What dials ask of their socket. */
export interface DialManagerOptions {
  readonly environment: Environment
  /** Begins to dial. @throws {Error} The address cannot even be tried. */
  connect(address: Address): Connection
  isLinked(id: NodeId): boolean
  /** An attempt at a persistent address has failed. */
  onPersistentPeerFailed(address: Address, error: Error): void
}

/** The dials of a socket: those that are under way, and the addresses that are dialed whenever they are not linked. */
export class DialManager {
  readonly #options: DialManagerOptions
  readonly #schedule: RedialSchedule
  readonly #attempts = new Map<Connection, DialAttempt>()

  constructor(options: DialManagerOptions) {
    this.#options = options
    this.#schedule = new RedialSchedule(() => options.environment.random())
  }

  begin(attempt: DialAttempt): void {
    try {
      this.#attempts.set(this.#options.connect(attempt.address), attempt)
    } catch (error) {
      this.#failed(attempt, error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Where a connection whose handshake is under way was dialed; undefined for one that was accepted. */
  addressOf(connection: Connection): Address | undefined {
    return this.#attempts.get(connection)?.address
  }

  /** The handshake is done. @returns the attempt, for its promise to be resolved once the layer above knows */
  established(connection: Connection): DialAttempt | undefined {
    const attempt = this.#removeAttempt(connection)
    if (attempt) this.#schedule.succeeded(attempt.address, connection.id)
    return attempt
  }

  refused(connection: Connection, error: RefusedError): void {
    const attempt = this.#removeAttempt(connection)
    if (!attempt) return
    const { refusal, peerId, isProven } = error
    if (refusal !== 'duplicate-link') this.#schedule.failed(attempt.address, this.#now())
    else if (isProven && peerId && this.#options.isLinked(peerId)) this.#schedule.succeeded(attempt.address, peerId)
    else this.#schedule.claimsLink(attempt.address, this.#now())
    attempt.reject(error)
  }

  /** A connection has ended. @returns whether its handshake was under way: then the dial has failed */
  ended(connection: Connection, error: Error | undefined): boolean {
    const attempt = this.#removeAttempt(connection)
    if (!attempt) return false
    this.#failed(attempt, handshakeFailure(connection.remote, error))
    return true
  }

  /** An established link has ended, in whichever direction it was made. */
  lost({ id, establishedAt }: Connection): void {
    const now = this.#now()
    this.#schedule.ended(id, { lastedMs: now - (establishedAt ?? now), now })
  }

  addPersistentPeer(address: Address, peer: PersistentPeerOwner | undefined): void {
    this.#schedule.add(address, this.#now(), peer)
  }

  removePersistentPeer(address: Address): void {
    this.#schedule.remove(address)
  }

  persistentPeers(): PersistentPeer[] {
    return this.#schedule.entries().map((entry) => ({
      ...entry,
      isLinked: entry.peerId !== undefined && this.#options.isLinked(entry.peerId),
    }))
  }

  /** Dials the persistent addresses that are due. */
  beginDue(): void {
    for (const address of this.#schedule.due(this.#now(), (id) => this.#options.isLinked(id))) {
      const reject = (error: Error): void => this.#options.onPersistentPeerFailed(address, error)
      this.begin({ address, resolve: () => undefined, reject })
    }
  }

  /** Gives up all attempts that are under way. @returns a function that rejects their promises, to be called once their links are closing */
  close(): () => void {
    const attempts = [...this.#attempts.values()]
    this.#attempts.clear()
    return () => {
      for (const attempt of attempts) attempt.reject(new ClosedError('dial'))
    }
  }

  #removeAttempt(connection: Connection): DialAttempt | undefined {
    const attempt = this.#attempts.get(connection)
    this.#attempts.delete(connection)
    return attempt
  }

  #failed(attempt: DialAttempt, error: Error): void {
    this.#schedule.failed(attempt.address, this.#now())
    attempt.reject(error)
  }

  #now(): number {
    return this.#options.environment.monotonicNow()
  }
}
