import { ArgumentError, jsonText } from '@ts2p/base'
import type { Environment, Failure, WaitOptions } from '@ts2p/base'
import { bytesFromText, textFromUtf8 } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import { NoHandlerError, RequestTimeoutError } from '../errors.ts'
import type { RequestOptions } from '../mesh-options.ts'
import type { ApplicationInbox } from './application-inbox.ts'
import type { Message, Packet } from './message.ts'

/** The AbortSignal of the platform, if the compiler knows one. */
export type CallSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : NonNullable<WaitOptions['signal']>

// Node and browsers have it, and no lib that they share types it.
declare const AbortController: new () => { readonly signal: CallSignal; abort(reason: unknown): void }

/** Who calls a procedure, and until when. */
export interface CallContext {
  /** The node that calls. */
  readonly from: NodeId
  /** Aborted when the caller no longer waits, or this socket closes. */
  readonly signal: CallSignal
}

/** A procedure that other nodes call. What it returns, or the promise resolves with, is the answer; what it throws is a RemoteError there. */
export type CallHandler<A, R> = (args: A, context: CallContext) => R | Promise<R>

/** The type of messages that are calls. It does not begin with `ts2p/`: calls are traffic of the application. */
const callType = 'ts2p-call'
/** The longest name of a procedure, characters. */
const nameMax = 256

/** Procedures by name, over requests: arguments and results are JSON (RFC 8259). */
export class Procedures {
  readonly #request: (id: NodeId, packets: readonly Packet[], options: RequestOptions) => Promise<Message>
  readonly #fail: (request: Message, error: unknown) => void
  readonly #environment: Pick<Environment, 'randomBytes'>
  readonly #report: (code: string, message: string, failure: Failure) => void
  readonly #handlers = new Map<string, CallHandler<unknown, unknown>>()
  /** What aborts the calls that are handled here, by caller and number. */
  readonly #running = new Map<string, (reason: unknown) => void>()
  #calls = 0
  #epoch: string | undefined

  constructor(options: {
    request: (id: NodeId, packets: readonly Packet[], options: RequestOptions) => Promise<Message>
    /** Answers a request with an error. */
    fail: (request: Message, error: unknown) => void
    environment: Pick<Environment, 'randomBytes'>
    inbox: Pick<ApplicationInbox, 'register'>
    report: (code: string, message: string, failure: Failure) => void
  }) {
    this.#request = options.request
    this.#fail = options.fail
    this.#environment = options.environment
    this.#report = options.report
    options.inbox.register((message) => this.#onMessage(message))
  }

  /** @returns removes the handler @throws {ArgumentError} */
  handle<A, R>(name: string, handler: CallHandler<A, R>): () => void {
    checkName(name)
    if (typeof handler !== 'function') throw new ArgumentError('handler', 'a function', handler)
    if (this.#handlers.has(name)) throw new ArgumentError('name', 'one that has no handler yet', name)
    // Only what has a type promises one: the arguments are what the caller sends.
    this.#handlers.set(name, handler as CallHandler<unknown, unknown>)
    return () => {
      if (this.#handlers.get(name) === handler) this.#handlers.delete(name)
    }
  }

  /** @throws {NoHandlerError} @throws as `request` @throws {ArgumentError} */
  async call<R>(id: NodeId, name: string, args: unknown, wait: WaitOptions): Promise<R> {
    checkName(name)
    this.#epoch ??= this.#environment.randomBytes(8).join('.')
    const number = `${this.#epoch}.${(this.#calls += 1)}`
    const wasAborted = isAborted(wait)
    const packets = ['call', number, name, jsonOf('args', args)]
    try {
      const { packets: answer } = await this.#request(id, packets, { ...wait, type: callType })
      const [, outcome, result] = answer.map(textFromUtf8)
      if (outcome === 'no-handler') throw new NoHandlerError(id, name)
      // The caller says what the other node gives.
      return valueOf(result) as R
    } catch (error) {
      const isGivenUp = error instanceof RequestTimeoutError || (!wasAborted && isAborted(wait))
      // A node that still works for it can stop. It may not be there, and nobody waits for its answer.
      if (isGivenUp) this.#request(id, ['cancel', number], { type: callType }).catch(() => undefined)
      throw error
    }
  }

  /** Aborts what is handled. */
  close(reason: Error): void {
    for (const abort of this.#running.values()) abort(reason)
  }

  #onMessage(message: Message): boolean {
    if (!message.isRequest || message.type !== callType) return false
    try {
      const [, kind, number = '', name = '', args] = message.packets.map(textFromUtf8)
      const running = `${message.sender} ${number}`
      if (kind === 'call') this.#begin(message, { running, name, args })
      else {
        this.#running.get(running)?.(new Error('The caller no longer waits.'))
        this.#answer(message, ['cancelled'])
      }
    } catch (error) {
      // What is no text or no JSON: the sender hears of it.
      this.#fail(message, error)
    }
    return true
  }

  #begin(message: Message, call: { running: string; name: string; args: string | undefined }): void {
    const handler = this.#handlers.get(call.name)
    if (!handler) return this.#answer(message, ['no-handler'])
    const controller = new AbortController()
    const args = valueOf(call.args)
    this.#running.set(call.running, (reason) => controller.abort(reason))
    const handled = async (): Promise<void> => {
      try {
        const result = await handler(args, { from: message.sender, signal: controller.signal })
        this.#answer(message, ['result', jsonOf('result', result)])
      } catch (error) {
        const sentence = `The handler of the procedure ${call.name} failed: ${String(error)}`
        if (!controller.signal.aborted) this.#report('handler-failed', sentence, { error })
        this.#fail(message, error)
      } finally {
        this.#running.delete(call.running)
      }
    }
    void handled()
  }

  #answer(message: Message, packets: readonly Packet[]): void {
    message.reply(packets).catch((error: unknown) => {
      if (packets[0] === 'result') this.#fail(message, error)
    })
  }
}

function isAborted({ signal }: WaitOptions): boolean {
  return signal?.aborted === true
}

/** @throws {ArgumentError} */
function checkName(name: string): void {
  if (typeof name !== 'string' || name === '' || name.length > nameMax)
    throw new ArgumentError('name', `a text of 1 to ${nameMax} characters`, name)
}

/** The JSON of a value; nothing for undefined. @throws {ArgumentError} */
function jsonOf(name: string, value: unknown): Uint8Array {
  return bytesFromText(value === undefined ? '' : jsonText(value, name))
}

function valueOf(text: string | undefined): unknown {
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as unknown)
}
