/** How the director and the processes of the nodes talk. */

/** How a node is set up. */
export interface NodeSetup {
  readonly name: string
  /** 'tcp' nodes listen on both transports; 'ws' nodes only dial, as a browser does. */
  readonly transport: 'tcp' | 'ws'
  readonly subnet: string
  readonly leaseSeconds: number
}

/** What the director asks of a node. */
export type Command =
  | { readonly do: 'start'; readonly setup: NodeSetup }
  | { readonly do: 'connect'; readonly port: number }
  | { readonly do: 'set'; readonly key: string; readonly value: string }
  | { readonly do: 'del'; readonly key: string }
  | { readonly do: 'lease'; readonly key: string }
  | { readonly do: 'look' }
  | { readonly do: 'close' }

/** What a node answers. */
export interface Answers {
  start: { id: string; ports: Record<string, number> }
  connect: undefined
  /** When it was done: nanoseconds of the machine's monotonic clock, as text. */
  set: { at: string }
  del: { at: string }
  lease: { owner: string; expiresAt: number; token: string } | undefined
  look: { neighbors: string[]; entries: [string, string][] }
  close: undefined
}

/** What went wrong in a node. */
export interface Failure {
  readonly code: string
  readonly sentence: string
}

/** What a node tells by itself; `at` as above. */
export type Report =
  | { readonly event: 'connect'; readonly at: string }
  | { readonly event: 'set'; readonly at: string; readonly key: string; readonly value: string }
  | { readonly event: 'delete'; readonly at: string; readonly key: string }
  | { readonly event: 'lease-expired'; readonly at: string; readonly key: string }
  | { readonly event: 'refused'; readonly at: string; readonly sentence: string }

/** From the director. */
export interface Request {
  readonly number: number
  readonly command: Command
}

/** To the director. */
export type Reply =
  | { readonly number: number; readonly answer: unknown }
  | { readonly number: number; readonly failure: Failure }
  | { readonly report: Report }
