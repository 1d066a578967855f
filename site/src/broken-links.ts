import { posix } from 'node:path'
import { readMarkdown } from './markdown-page.ts'
import type { MarkdownPage } from './markdown-page.ts'

/** A link that leads nowhere. */
export interface BrokenLink {
  readonly file: string
  readonly line: number
  readonly target: string
  readonly reason: string
}

/** The files of a repository. Paths are from its root. */
export interface Files {
  read(file: string): string
  exists(file: string): boolean
}

/** The links of Markdown files that lead to no file, or to no heading of it. Addresses of other sites are passed over. */
export function brokenLinks(paths: readonly string[], files: Files): BrokenLink[] {
  const pages = new Map<string, MarkdownPage>()
  const pageOf = (file: string): MarkdownPage => {
    const page = pages.get(file) ?? readMarkdown(files.read(file))
    pages.set(file, page)
    return page
  }
  const reasonAgainst = (file: string, target: string): string | undefined => {
    const [path = '', anchor] = target.split('#')
    const linked = path === '' ? file : posix.join(posix.dirname(file), decodeURI(path))
    if (linked.startsWith('../') || !files.exists(linked)) return 'there is no such file'
    if (anchor === undefined) return undefined
    if (!linked.endsWith('.md')) return 'only pages have anchors'
    return pageOf(linked).anchors.has(anchor) ? undefined : 'the page has no such heading'
  }
  return paths.flatMap((file) =>
    pageOf(file).links.flatMap(({ target, line }) => {
      if (/^[a-z][a-z+.-]*:/i.test(target)) return []
      const reason = reasonAgainst(file, target)
      return reason === undefined ? [] : [{ file, line, target, reason }]
    }),
  )
}
