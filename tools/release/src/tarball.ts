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
 * @param folders what the manifest's `files` says
 */
export function contentFaults(name: string, files: readonly string[], folders: readonly string[]): string[] {
  const missing = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']
  const isOurs = (file: string): boolean =>
    always.includes(file) || folders.some((folder) => file === folder || file.startsWith(`${folder}/`))
  return [
    ...missing.filter((file) => !files.includes(file)).map((file) => `${name}: ${file} is missing`),
    ...files.filter((file) => !isOurs(file) || testFile.test(file)).map((file) => `${name}: ${file} is not for users`),
  ]
}
