import { HeadingSlugs } from './heading-slug.ts'

/** A link as it stands in a page. */
interface PageLink {
  readonly target: string
  /** From 1. */
  readonly line: number
}

/** What the links of a Markdown text lead to, and what can be linked to in it. */
export interface MarkdownPage {
  readonly links: readonly PageLink[]
  readonly anchors: ReadonlySet<string>
}

/** Reads the headings and links of a Markdown text; code is passed over. */
export function readMarkdown(text: string): MarkdownPage {
  const slugs = new HeadingSlugs()
  const anchors = new Set<string>()
  const links: PageLink[] = []
  let fence = ''
  text.split('\n').forEach((line, index) => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence !== '') {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = ''
      return
    }
    if (mark !== undefined) {
      fence = mark
      return
    }
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1]
    if (heading !== undefined) anchors.add(slugs.next(heading))
    const prose = line.replaceAll(/`[^`]*`/g, '')
    for (const [, target = ''] of prose.matchAll(/\]\(([^()\s]*(?:\([^()]*\)[^()\s]*)*)\)/g))
      links.push({ target, line: index + 1 })
  })
  return { links, anchors }
}
