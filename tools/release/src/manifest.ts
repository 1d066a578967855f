/** What is asked of a package.json. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly files?: readonly string[]
  readonly repository?: unknown
  readonly exports?: unknown
  readonly scripts?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/**
 * What is wrong with a manifest as published, in sentences.
 * @param versions the version of each of our packages that is published with it
 */
export function manifestFaults(manifest: Manifest, versions: ReadonlyMap<string, string>): string[] {
  const { name, version, dependencies, optionalDependencies, peerDependencies, scripts = {} } = manifest
  const ranges = Object.entries({ ...dependencies, ...optionalDependencies })
  return [
    ...(version === '0.0.0' ? [`its version is ${version}: is there a changeset for it?`] : []),
    ...ranges.flatMap(([dependency, range]) => rangeFaults(dependency, range, versions)),
    ...Object.entries(peerDependencies ?? {}).flatMap(([peer, range]) => peerFaults(peer, range, versions)),
    ...Object.keys(scripts).map((script) => `it has a script ${script}, which is for this repository`),
    ...(manifest.devDependencies ? ['it has devDependencies, which are for this repository'] : []),
    ...(JSON.stringify(manifest.exports ?? {}).includes('./package.json') ? [] : ['it does not export ./package.json']),
    ...(manifest.private === true ? ['it is private'] : []),
    ...(JSON.stringify(manifest).includes('@ts2p/source') ? ['it names the condition of the workspace'] : []),
  ].map((fault) => `${name}: ${fault}`)
}

/** Ours are asked for by the version that is published with them, others by a plain range. */
function rangeFaults(dependency: string, range: string, versions: ReadonlyMap<string, string>): string[] {
  const version = versions.get(dependency)
  if (version !== undefined && range !== `^${version}`)
    return [`it asks for ${dependency} ${range}, and ${version} is published with it`]
  if (version === undefined && /^(?:@ts2p\/|ts2p$)/.test(dependency)) return [`${dependency} is not published with it`]
  return /^[\^~]?\d+\.\d+\.\d+$/.test(range) ? [] : [`it asks for ${dependency} ${range}, which is no plain range`]
}

/**
 * A peer of ours may be asked for by `<1.0.0` as well: by `^`, each of its versions would be a major one of who asks. What an application
 * brings, as React, by the first version that will do.
 */
function peerFaults(peer: string, range: string, versions: ReadonlyMap<string, string>): string[] {
  const below = /^<(\d+)\.0\.0$/.exec(range)?.[1]
  const [major] = versions.get(peer)?.split('.') ?? []
  const isMet = below !== undefined && major !== undefined && Number(major) < Number(below)
  const isBrought = versions.get(peer) === undefined && /^>=\d+$/.test(range)
  return isMet || isBrought ? [] : rangeFaults(peer, range, versions)
}
