import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Has npm and pnpm use a registry in a folder, and a token there that lets everybody in. */
export function writeNpmrc(folder: string, registry: string): void {
  const host = registry.replace(/^https?:/, '')
  writeFileSync(join(folder, '.npmrc'), `registry=${registry}\n${host}:_authToken=in-memory\n`)
}
