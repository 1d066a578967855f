import { posix } from 'node:path'

/**
 * The files of the repository that are pages of the site, as patterns of VitePress, and where each stands there. The files stay where people
 * look for them in the repository; none is copied.
 */
export const pagePaths: Readonly<Record<string, string>> = {
  'docs/decisions/dependencies/README.md': 'decisions/dependencies/index.md',
  'docs/:path(.*)': ':path',
  'site/generated/api/:path(.*)': 'api/:path',
  'packages/:name/README.md': 'packages/:name.md',
  'benchmarks/README.md': 'benchmarks.md',
  'examples/README.md': 'examples.md',
  'examples/:name/README.md': 'examples/:name.md',
  'README.md': 'project/readme.md',
  'ARCHITECTURE.md': 'project/architecture.md',
  'CONTRIBUTING.md': 'project/contributing.md',
  'SECURITY.md': 'project/security.md',
  'STYLE.md': 'project/style.md',
}

const rules = Object.entries(pagePaths).map(([from, to]) => {
  const pattern = from
    .replaceAll('.', String.raw`\.`)
    .replace(/:path\(\\\.\*\)/, '(.+)')
    .replace(':name', '([^/]+)')
  return { pattern: new RegExp(`^${pattern}$`), to: to.replace(/:path|:name/, '$1') }
})

/** Where a file of the repository stands on the site, as `guide/mesh.md`; undefined if it is no page. */
export function sitePathOf(file: string): string | undefined {
  if (!file.endsWith('.md')) return undefined
  const rule = rules.find(({ pattern }) => pattern.test(file))
  return rule && file.replace(rule.pattern, rule.to)
}

/** Folders whose README.md is their page. */
const foldersWithPage = /^(?:packages\/[^/]+|benchmarks|examples(?:\/browser-[^/]+)?|docs\/decisions\/dependencies)$/

/** A link of a page as it stands on the site. */
export type SiteLink =
  | { readonly kind: 'page'; readonly href: string }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'source' }

/**
 * What becomes of a link on the site.
 * @param from the file that it stands in, from the repository's root
 * @returns 'page' with its address there; 'elsewhere' if it leads out of the repository, or is on the same page; 'source' for a file
 *   of the repository that is no page
 */
export function siteLink(from: string, target: string): SiteLink {
  if (/^(?:[a-z][a-z+.-]*:|#|\/)/i.test(target)) return { kind: 'elsewhere' }
  const [path = '', anchor] = target.split('#')
  const file = posix.join(posix.dirname(from), decodeURI(path)).replace(/\/$/, '')
  const page = sitePathOf(file.endsWith('.md') ? file : `${file}/README.md`)
  const isPage = page !== undefined && (file.endsWith('.md') || foldersWithPage.test(file))
  return isPage ? { kind: 'page', href: `/${page}${anchor === undefined ? '' : `#${anchor}`}` } : { kind: 'source' }
}
