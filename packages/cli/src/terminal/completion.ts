import type { Asker } from '../control/request.ts'
import { quoted } from './words.ts'

/** How many keys are offered. */
const keysMax = 100
/** Commands whose first word is a key, or the beginning of one. */
const keyed: readonly string[] = ['get', 'set', 'del', 'renew', 'release', 'lease', 'keys', 'watch']

/** What can stand where a line ends, and the part of the line that it takes the place of, as readline wants it. */
export async function completionsOf(
  line: string,
  { asker, names }: { asker: Asker; names: readonly string[] },
): Promise<[string[], string]> {
  const [, command, start] = /^\s*(\S+)\s+(\S*)$/.exec(line) ?? []
  if (command === undefined || start === undefined) {
    const begun = line.trimStart()
    return [names.filter((name) => name.startsWith(begun)).map((name) => `${name} `), begun]
  }
  if (!keyed.includes(command)) return [[], line]
  const found: string[] = []
  for await (const { key } of asker.ask({ ask: 'keys', prefix: start, values: false })) {
    if (typeof key === 'string') found.push(quoted(key))
    if (found.length >= keysMax) break
  }
  return [found, start]
}
