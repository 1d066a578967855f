/**
 * The packages whose major version rose though no changeset says so, in sentences: `changeset version` does that to whoever has
 * a peer dependency that leaves its range, and a major version is a promise.
 * @param changesets the texts of the changesets that were applied
 */
export function unaskedMajors(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  changesets: readonly string[],
): string[] {
  const asked = new Set(
    changesets.flatMap((text) => [...text.matchAll(/^['"]?([^'":]+)['"]?: major$/gm)].map(([, name]) => name)),
  )
  return [...after].flatMap(([name, version]) => {
    const earlier = before.get(name) ?? '0.0.0'
    if (majorOf(version) <= majorOf(earlier) || asked.has(name)) return []
    return [`${name}: it would go from ${earlier} to ${version}, and no changeset asks for a major version`]
  })
}

function majorOf(version: string): number {
  return Number(version.split('.')[0])
}
