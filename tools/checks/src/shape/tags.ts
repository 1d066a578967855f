import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The part of a turbo.json that `turbo boundaries` reads. */
interface TurboFile {
  readonly tags?: readonly string[]
  readonly boundaries?: { readonly tags?: Readonly<Record<string, unknown>> }
}

/** What a folder's turbo.json says of tags: those of the package, and those that have a rule. Empty if there is no such file. */
export function readTags(folder: string): { readonly tags: readonly string[]; readonly rules: readonly string[] } {
  const file = join(folder, 'turbo.json')
  if (!existsSync(file)) return { tags: [], rules: [] }
  const { tags = [], boundaries } = JSON.parse(readFileSync(file, 'utf8')) as TurboFile
  return { tags, rules: Object.keys(boundaries?.tags ?? {}) }
}

/** Why `turbo boundaries` would not check a package. */
export function tagProblems(
  { name, tags }: { readonly name: string; readonly tags: readonly string[] },
  rules: readonly string[],
): string[] {
  if (tags.length === 0) return [`${name}: its turbo.json has no tag`]
  return tags
    .filter((tag) => !rules.includes(tag))
    .map((tag) => `${name}: the root's turbo.json has no rule for the tag ${tag}`)
}
