import { relative } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'
import { siteLink, sitePathOf } from '../src/pages.ts'

/** Leads links between files of the repository to their pages; of one to a source file only the text remains, with its name as a title. */
export function linksOfSite(markdown: MarkdownRenderer, root: string): void {
  markdown.core.ruler.push('links-of-site', ({ tokens, env }) => {
    // VitePress gives the page's place on the site as `path`; where the file lies in the repository is its `realPath`.
    const { realPath = '', path = '' } = env as { realPath?: string; path?: string }
    const file = relative(root, realPath || path)
    if (sitePathOf(file) === undefined)
      throw new Error(
        `${file} is a page that site/src/pages.ts does not know: add it there, or exclude it in config.ts.`,
      )
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
