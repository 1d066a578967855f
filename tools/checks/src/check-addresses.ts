// No file of the repository holds the address of a package registry or a path of somebody's machine.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.ts'

const forbidden: readonly { readonly what: string; readonly pattern: RegExp; readonly files: RegExp }[] = [
  { what: 'an address in the lock file', pattern: /https?:\/\/|tarball:/, files: /^pnpm-lock\.yaml$/ },
  { what: "a registry's address", pattern: /registry\.(npmjs|yarnpkg)\.|npm\.pkg\.github/, files: /./ },
  { what: "a path of somebody's machine", pattern: /(^|[\s"'(`])\/(home|Users|root|work)\/\w/, files: /./ },
]

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && file !== 'tools/checks/src/check-addresses.ts')

let found = 0
for (const file of files) {
  const lines = readText(join(root, file)).split('\n')
  for (const { what, pattern, files: where } of forbidden) {
    if (!where.test(file)) continue
    const line = lines.findIndex((text) => pattern.test(text))
    if (line < 0) continue
    console.error(`${file}:${line + 1}: ${what}`)
    found += 1
  }
}
console.log(`${files.length} files, ${found} found.`)
process.exitCode = found === 0 ? 0 : 1

/** The text of a file; none of one that was deleted and is still listed. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
