import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { headingSlug } from '../src/heading-slug.ts'
import { llmsFile, llmsOfSite } from '../src/llms.ts'
import { pagePaths } from '../src/pages.ts'
import { linksOfSite } from './links-of-site.ts'
import { vueOfSite } from './vue-of-site.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const titleOf = (file: string): string => /^# (.*)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? file
const decisions = readdirSync(join(root, 'docs/decisions'))
  .filter((name) => name.endsWith('.md'))
  .toSorted()
const packages = readdirSync(join(root, 'packages')).toSorted()

export default defineConfig({
  title: 'ts2p',
  description: 'Peer-to-peer networking for TypeScript: a shared dictionary with leases, and the layers it stands on.',
  // The pages lie where people look for them in the repository; rewrites say where they stand here.
  srcDir: '..',
  srcExclude: ['**/CHANGELOG.md', '**/.changeset/**', '**/dist/**', '**/node_modules/**', 'tools/**', '.github/**'],
  rewrites: { ...pagePaths },
  cacheDir: './.vitepress/cache',
  outDir: './.vitepress/dist',
  vite: {
    publicDir: false,
    plugins: [vueOfSite(root)],
  },
  markdown: {
    anchor: { slugify: headingSlug },
    config: (markdown) => {
      markdown.use(linksOfSite, root)
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Guides', link: '/guide/sync' },
      { text: 'API', link: '/api/' },
      { text: 'Protocol', link: '/protocol' },
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          { text: 'Ten minutes', link: '/tutorial' },
          { text: 'Coming from js2p', link: '/migration' },
          { text: 'Examples', link: '/examples' },
          { text: 'Recipes', link: '/recipes' },
        ],
      },
      {
        text: 'Guides',
        items: [
          'sync',
          'store',
          'mesh',
          'base',
          'protocol',
          'transports',
          'noise',
          'persistence',
          'pages',
          'inspector',
        ].map((name) => ({
          text: titleOf(`docs/guide/${name}.md`),
          link: `/guide/${name}`,
        })),
      },
      {
        text: 'How it works',
        items: [
          { text: 'Leases', link: '/leases' },
          { text: 'Wire protocol', link: '/protocol' },
          { text: 'Threat model', link: '/threat-model' },
          { text: 'Glossary', link: '/glossary' },
          { text: 'Reliability', link: '/reliability' },
          { text: 'Simulation', link: '/simulation' },
          { text: 'Benchmarks', link: '/benchmarks' },
          { text: 'Architecture', link: '/project/architecture' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'API', link: '/api/' },
          {
            text: 'Packages',
            collapsed: true,
            items: packages.map((name) => ({ text: titleOf(`packages/${name}/README.md`), link: `/packages/${name}` })),
          },
        ],
      },
      {
        text: 'Decisions',
        collapsed: true,
        items: [
          ...decisions.map((name) => ({
            text: titleOf(`docs/decisions/${name}`),
            link: `/decisions/${name.replace('.md', '')}`,
          })),
          { text: 'Dependencies', link: '/decisions/dependencies/' },
        ],
      },
      {
        text: 'Project',
        collapsed: true,
        items: ['readme', 'contributing', 'style', 'security'].map((name) => ({
          text: name,
          link: `/project/${name}`,
        })),
      },
    ],
  },
  // Beside each page its Markdown, to which llms.txt leads.
  buildEnd: ({ outDir, pages, rewrites: { map } }) => {
    for (const page of pages) {
      const target = join(outDir, map[page] ?? page)
      mkdirSync(dirname(target), { recursive: true })
      copyFileSync(join(root, page), target)
    }
    writeFileSync(join(outDir, 'llms.txt'), llmsOfSite(readFileSync(join(root, llmsFile), 'utf8')))
  },
})
