import { readFile } from 'node:fs/promises'
import { Option } from 'commander'
import { addConfirmOptions, confirmationOf } from '../confirm-options.ts'
import type { ConfirmOptions } from '../confirm-options.ts'
import { datumOf, printable } from '../control/datum.ts'
import type { Datum } from '../control/datum.ts'
import { exitCodes } from '../exit-codes.ts'
import { FileError, UsageError } from '../failure.ts'
import type { Replies } from '../control/request.ts'
import { parseWhole } from '../running/network-options.ts'
import type { AskCommand, Asking } from '../terminal/shell.ts'
import { single } from '../control/single.ts'
import { assertSameEncoding, encodedAs, valueEncodings } from './value-encoding.ts'
import type { ValueEncoding } from './value-encoding.ts'

interface SetOptions extends ConfirmOptions {
  readonly file?: string
  readonly encoding?: ValueEncoding
  readonly lease?: number
  readonly ephemeral?: boolean
}

/** `ts2p set`: ends when the value is where it was asked to be. */
export const set: AskCommand = (program, shell) => {
  const command = program
    .command('set')
    .description('set a value, and wait until it is held')
    .argument('<key>')
    .argument('[value]')
  addConfirmOptions(shell.addOptions(command))
    .option('--file <path>', 'take the value from a file; - for the standard input')
    .option('--ephemeral', 'the value ends with its lease, which the running node renews while it lives')
    .addOption(
      new Option('--lease <seconds>', 'how long its lease lasts; default: as long as in all of the network').argParser(
        parseWhole(1),
      ),
    )
    .addOption(
      new Option(
        '--encoding <encoding>',
        'what the value is; default: what the key holds now, else the value is refused',
      ).choices(valueEncodings),
    )
    .action((key: string, text: string | undefined, options: SetOptions) => {
      if ((text === undefined) === (options.file === undefined))
        throw new UsageError('Give the value as the second argument or by --file, - for the standard input; not both.')
      return shell.ask(options, async (asking) => {
        const given = await valueFrom(text, options.file, asking)
        const value = options.encoding ? encodedAs(options.encoding, given) : await asBefore(key, given, asking)
        const reply = await single(
          asking.asker.ask(
            {
              ask: 'set',
              key,
              value,
              leaseSeconds: options.lease,
              ephemeral: options.ephemeral ?? false,
              confirm: confirmationOf(options, asking),
            },
            asking.signal,
          ),
        )
        asking.terminal.result(reply, `${printable(key)} is set, ${heldBy(reply)}`, options)
        return exitCodes.ok
      })
    })
}

/** A value of which nobody has said what it is. @throws {UsageError} The key holds something else. */
async function asBefore(key: string, given: Datum, { asker }: Asking): Promise<Datum> {
  const before = await single(asker.ask({ ask: 'get', key }))
  if (before.found) assertSameEncoding(key, before.value, given)
  return given
}

async function valueFrom(text: string | undefined, file: string | undefined, asking: Asking): Promise<Datum> {
  if (text !== undefined) return text
  if (file === undefined || file === '-') return datumOf(await asking.readStdin())
  try {
    return datumOf(await readFile(file))
  } catch (cause) {
    throw new FileError(file, (cause as Error).message, { cause })
  }
}

function heldBy({ replicas, isDurable, lease }: Replies['set']): string {
  const others = replicas === 1 ? 'held by 1 neighbor' : `held by ${replicas} neighbors`
  const places = [...(replicas > 0 ? [others] : []), ...(isDurable ? ['on the disk of the node'] : [])]
  const place = places.length === 0 ? 'at the node; it goes to the others by itself' : places.join(' and ')
  return lease ? `${place}; leased until ${new Date(lease.expiresAt).toISOString()}` : place
}
