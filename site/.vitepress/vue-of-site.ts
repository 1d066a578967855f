import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Has the pages find Vue, which those outside this package do not by themselves. */
export function vueOfSite(root: string): Plugin {
  const from = join(root, 'site', 'package.json')
  return {
    name: 'vue-of-site',
    enforce: 'pre',
    resolveId(id, importer) {
      if (!/^vue(?:$|\/)/.test(id) || importer === from) return undefined
      return this.resolve(id, from, { skipSelf: true })
    },
  }
}
