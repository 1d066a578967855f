import { readMarkdown } from './markdown-page.ts'
import { siteLink } from './pages.ts'

/** The file that tells programs where to read. Its links lead to Markdown, in the repository and on the site. */
export const llmsFile = 'docs/llms.txt'

/** Its text for the site, whose pages lie elsewhere than their files in the repository. */
export function llmsOfSite(text: string): string {
  const targets = new Set(readMarkdown(text).links.map(({ target }) => target))
  return [...targets].reduce((result, target) => {
    const link = siteLink(llmsFile, target)
    return link.kind === 'page' ? result.replaceAll(`](${target})`, `](${link.href})`) : result
  }, text)
}
