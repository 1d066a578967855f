import { codeOf } from './code.ts'
import { isTest } from './sources.ts'
import type { Source } from './sources.ts'

/** Packages whose core does no ambient I/O: it gets clock, timers and randomness from an Environment. */
const core = /^packages\/(protocol|base|mesh|store|reconciliation|sync)\/src\//
const environment = /\/system-environment\.ts$/
const ambient = /\b(Date\.now|Math\.random|setTimeout|setInterval|performance\.now)\b/

/** The lines of a file, from 1, that use the clock, timers or randomness and must not. */
export function ambientLines({ path, text }: Source): number[] {
  if (!core.test(path) || environment.test(path) || isTest(path)) return []
  return codeOf(text)
    .split('\n')
    .flatMap((line, index) => (ambient.test(line) ? [index + 1] : []))
}
