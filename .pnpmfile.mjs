const ofTheRepository = new Set(['devDependencies', 'scripts'])

// What users of the published packages have no use for stays out of their manifests.
export const hooks = {
  beforePacking: (manifest) =>
    Object.fromEntries(Object.entries(manifest).filter(([field]) => !ofTheRepository.has(field))),
}
