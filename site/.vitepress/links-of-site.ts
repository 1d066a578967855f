import { relative } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'
import { siteLink } from '../src/pages.ts'

/** Leads links between files of the repository to their pages; of one to a source file only the text remains, with its name as a title. */
export function linksOfSite(markdown: MarkdownRenderer, root: string): void {
  markdown.core.ruler.push('links-of-site', ({ tokens, env }) => {
    const file = relative(root, String((env as { path?: string }).path))
    for (const { children } of tokens) {
      let isSource = false
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const target = token.attrGet('href') ?? ''
          const link = siteLink(file, target)
          isSource = link.kind === 'source'
          if (link.kind === 'page') token.attrSet('href', link.href)
          if (!isSource) continue
          token.type = 'source_open'
          token.tag = 'span'
          token.attrs = [['title', target.replace(/^(?:\.\.\/)+/, '')]]
        } else if (token.type === 'link_close' && isSource) {
          token.type = 'source_close'
          token.tag = 'span'
        }
      }
    }
  })
}
