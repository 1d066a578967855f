import { gunzipSync } from 'node:zlib'

const blockBytes = 512
const always = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
const testFile = /\.(?:test|test-helper)\./

/** The files in an npm tarball by their names, without the folder `package` that all are in. */
export function filesIn(tarball: Uint8Array): Map<string, Uint8Array> {
  const tar = gunzipSync(tarball)
  const files = new Map<string, Uint8Array>()
  let offset = 0
  while (offset + blockBytes <= tar.length && tar[offset] !== 0) {
    const field = (from: number, bytes: number): string =>
      tar.toString('utf8', offset + from, offset + from + bytes).replace(/\0.*$/s, '')
    const prefix = field(345, 155)
    const isFile = ['', '0'].includes(field(156, 1))
    const path = prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`
    const bytes = Number.parseInt(field(124, 12), 8)
    const start = offset + blockBytes
    if (isFile) files.set(path.replace(/^package\//, ''), tar.subarray(start, start + bytes))
    offset = start + blockBytes * Math.ceil(bytes / blockBytes)
  }
  return files
}

/**
 * What should not be among the files of a published package, and what is missing, in sentences.
 * @param patterns what the manifest's `files` says: files, folders, and names with `*` in a folder
 */
export function contentFaults(name: string, files: readonly string[], patterns: readonly string[]): string[] {
  const missing = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']
  const isOurs = (file: string): boolean => always.includes(file) || patterns.some((pattern) => isMeant(file, pattern))
  return [
    ...missing.filter((file) => !files.includes(file)).map((file) => `${name}: ${file} is missing`),
    ...files.filter((file) => !isOurs(file) || testFile.test(file)).map((file) => `${name}: ${file} is not for users`),
  ]
}

/** The links of a published README that lead to no file of its package, in sentences. */
export function linkFaults(name: string, files: ReadonlyMap<string, Uint8Array>): string[] {
  const readme = new TextDecoder().decode(files.get('README.md'))
  const targets = Array.from(readme.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target)
  const isDead = (target: string): boolean =>
    !/^(?:#|https?:|mailto:)/.test(target) && !files.has(target.replace(/#.*$/, ''))
  return targets.filter(isDead).map((target) => `${name}: README.md links to ${target}, which is not in the package`)
}

function isMeant(file: string, pattern: string): boolean {
  if (file === pattern || file.startsWith(`${pattern}/`)) return true
  const [before, after] = pattern.split('*')
  if (before === undefined || after === undefined) return false
  const name = file.slice(before.length, file.length - after.length)
  return file === `${before}${name}${after}` && !name.includes('/')
}
