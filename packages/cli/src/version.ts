import { readFileSync } from 'node:fs'
import { fieldOf } from './control/control-message.ts'

/** The version of this package. */
export const version: string = String(
  fieldOf(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')), 'version'),
)
