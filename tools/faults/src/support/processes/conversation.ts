/** What a row has the node of a process do. */
export type Command =
  /** Listens on a free port of 127.0.0.1, and joins by these ports. */
  | { readonly do: 'join'; readonly ports: readonly number[] }
  /** Sets ephemeral keys. */
  | { readonly do: 'register'; readonly keys: readonly string[]; readonly leaseSeconds: number }
  /** Says which keys it has. */
  | { readonly do: 'look' }
  /** Stands for election. */
  | { readonly do: 'stand'; readonly leaseSeconds: number }
  /** Closes the election, and stays in the network. */
  | { readonly do: 'resign' }
  /** Sets keys, in one message. */
  | { readonly do: 'fill'; readonly keys: readonly string[] }
  /** Does the jobs whose keys begin with `prefix`. */
  | { readonly do: 'work'; readonly prefix: string }
  /** Closes the socket. The process ends then. */
  | { readonly do: 'close' }

/** What a node tells of itself. */
export type News =
  | { readonly event: 'joined'; readonly id: string; readonly port: number }
  | { readonly event: 'set'; readonly key: string }
  | { readonly event: 'expire'; readonly key: string }
  | { readonly event: 'performed'; readonly key: string }
  | { readonly event: 'keys'; readonly keys: readonly string[] }
  | { readonly event: 'elected'; readonly token: string }
  /** It leads no more. `token` is the last one of its term. */
  | { readonly event: 'ended'; readonly token: string }
  | { readonly event: 'worked' }

/** News with its time, milliseconds since 1970 by a clock that all processes of the machine share. */
export type Report = News & { readonly at: number }

/** The reports of one event. */
export type ReportOf<E extends News['event']> = Extract<News, { event: E }> & { readonly at: number }

/** Now, milliseconds since 1970, with fractions. Nothing sets it while the process runs. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
