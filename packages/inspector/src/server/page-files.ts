import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A file of the page, and what a browser is told that it is. */
export interface PageFile {
  readonly bytes: Uint8Array
  readonly type: string
}

/** The page is built beside the server. */
const folder = new URL('../../dist/page/', import.meta.url)
const files: ReadonlyMap<string, readonly [name: string, type: string]> = new Map([
  ['/', ['index.html', 'text/html; charset=utf-8']],
  ['/page.js', ['page.js', 'text/javascript; charset=utf-8']],
  ['/page.css', ['page.css', 'text/css; charset=utf-8']],
  ['/page.svg', ['page.svg', 'image/svg+xml']],
  ['/licenses.md', ['licenses.md', 'text/plain; charset=utf-8']],
])

/** A file of the page; undefined if there is none at this path. @throws {Error} The package is not whole. */
export async function pageFile(path: string): Promise<PageFile | undefined> {
  const [name, type] = files.get(path) ?? []
  if (name === undefined || type === undefined) return undefined
  return { bytes: await readFile(fileURLToPath(new URL(name, folder))), type }
}
