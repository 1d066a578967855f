import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'
import { systemEnvironment } from '@ts2p/base'
import type { Environment } from '@ts2p/base'
import { printable } from '../control/datum.ts'
import type { LogThreshold } from './log-levels.ts'

/** A log on the errors' stream: one JSON value on each line, or, where a person looks, one sentence. */
export function createLog(level: LogThreshold, err: NodeJS.WriteStream): Logger {
  // An exception has its stack, and nothing else that is JSON.
  const serializers = { error: (error: unknown) => (error instanceof Error ? (error.stack ?? String(error)) : error) }
  const options = { level, serializers, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }
  return pino({ ...options, formatters: { level: (label) => ({ level: label }) } }, err.isTTY ? sentencesTo(err) : err)
}

/** The platform, with the log of a node going where this command's log goes, and to whoever else listens. */
export function loggingEnvironment(log: Logger, listener?: Environment['log']): Environment {
  return {
    ...systemEnvironment({ logLevel: 'silent' }),
    log: (level, message, fields) => {
      log[level](fields ?? {}, message)
      listener?.(level, message, fields)
    },
  }
}

function sentencesTo(err: NodeJS.WriteStream): DestinationStream {
  return {
    write(line) {
      const { time, level, msg, pid: _, ...fields } = JSON.parse(line) as Record<string, unknown>
      const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${printable(JSON.stringify(value))}`)
      err.write(`${String(time).slice(11, 23)} ${String(level)} ${printable(String(msg))}${rest.join('')}\n`)
    },
  }
}
