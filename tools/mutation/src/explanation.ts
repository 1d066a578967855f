import { readFileSync } from 'node:fs'

/** Why no test can, or need, notice a mutant. */
export interface Explanation {
  readonly file: string
  readonly before: string
  readonly after: string
  readonly why: string
}

/** The survivors that are understood: `survivors.json` beside the sources. */
export function readExplanations(): Explanation[] {
  const text = readFileSync(new URL('../survivors.json', import.meta.url), 'utf8')
  return JSON.parse(text) as Explanation[]
}
