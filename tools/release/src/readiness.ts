import type { Manifest } from './manifest.ts'

/**
 * Why the packages cannot be published as they are, in sentences that say what is to be done; empty: they can.
 * @param manifests by folder, from the repository's root
 */
export function obstacles(manifests: ReadonlyMap<string, Manifest>): string[] {
  const homeless = [...manifests].filter(([, { repository }]) => !isAddressed(repository)).map(([folder]) => folder)
  const unversioned = [...manifests].filter(([, { version }]) => version === '0.0.0').map(([folder]) => folder)
  return [
    ...(homeless.length === 0
      ? []
      : [
          `The registry compares where a package was built with "repository" in its package.json, and refuses it without. Fill in ` +
            `"repository": { "type": "git", "url": "git+https://….git", "directory": "<folder>" } in ${namesOf(homeless, manifests.size)}.`,
        ]),
    ...(unversioned.length === 0
      ? []
      : [
          `The version is still 0.0.0 in ${namesOf(unversioned, manifests.size)}. Run pnpm version-packages and commit what it writes.`,
        ]),
  ]
}

/** Whether it says where; npm takes a text as well. */
function isAddressed(repository: unknown): boolean {
  const url = typeof repository === 'object' && repository !== null && 'url' in repository ? repository.url : repository
  return typeof url === 'string' && url.trim() !== ''
}

function namesOf(folders: readonly string[], all: number): string {
  if (folders.length === all && all > 1) return `the package.json of each of the ${all} packages`
  return folders.map((folder) => `${folder}/package.json`).join(', ')
}
