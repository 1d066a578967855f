import { AddressInUseError } from '@ts2p/base'
import { inspect } from '@ts2p/inspector'
import type { Inspected, InspectOptions, Inspector } from '@ts2p/inspector'
import { UsageError } from '../failure.ts'

/**
 * Serves the metrics of a node. The token comes by the environment, so that it is neither in the list of processes nor in a log.
 * @throws {UsageError} There is no token, or a short one. @throws {AddressInUseError}
 */
export async function openMetrics(node: Inspected, port: number, env: NodeJS.ProcessEnv): Promise<Inspector> {
  const token = env['TS2P_METRICS_TOKEN']
  if (!token)
    throw new UsageError(
      '--metrics-port needs TS2P_METRICS_TOKEN: what Prometheus shows. `ts2p keygen --secret` makes one.',
    )
  try {
    return await open(node, { port, token, page: false })
  } catch (cause) {
    if (cause instanceof RangeError) throw new UsageError(`TS2P_METRICS_TOKEN: ${cause.message}`, { cause })
    throw cause
  }
}

/** Serves the page that looks into a node, with a new token. @throws {AddressInUseError} */
export function openPage(
  node: Inspected,
  { port, secret }: { port: number; secret: string | undefined },
): Promise<Inspector> {
  return open(node, { port, ...(secret === undefined ? {} : { secret }) })
}

async function open(node: Inspected, options: InspectOptions & { readonly port: number }): Promise<Inspector> {
  try {
    return await inspect(node, options)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause
    throw new AddressInUseError({ host: '127.0.0.1', port: options.port }, { cause })
  }
}
