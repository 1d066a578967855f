import { gunzipSync } from 'node:zlib'

const blockBytes = 512
const always = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
const testFile = /\.(?:test|test-helper)\./

/** The names of the files in an npm tarball, without the folder `package` that all are in. */
export function filesIn(tarball: Uint8Array): string[] {
  const tar = gunzipSync(tarball)
  const files: string[] = []
  let offset = 0
  while (offset + blockBytes <= tar.length && tar[offset] !== 0) {
    const field = (from: number, bytes: number): string =>
      tar.toString('utf8', offset + from, offset + from + bytes).replace(/\0.*$/s, '')
    const prefix = field(345, 155)
    const isFile = ['', '0'].includes(field(156, 1))
    const path = prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`
    if (isFile) files.push(path.replace(/^package\//, ''))
    offset += blockBytes * (1 + Math.ceil(Number.parseInt(field(124, 12), 8) / blockBytes))
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

function isMeant(file: string, pattern: string): boolean {
  if (file === pattern || file.startsWith(`${pattern}/`)) return true
  const [before, after] = pattern.split('*')
  if (before === undefined || after === undefined) return false
  const name = file.slice(before.length, file.length - after.length)
  return file === `${before}${name}${after}` && !name.includes('/')
}
