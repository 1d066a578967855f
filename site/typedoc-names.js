import { readFileSync } from 'node:fs'
import { Converter, ReflectionKind } from 'typedoc'

/**
 * Names the modules of the reference as the packages, which are all read at once, by one compiler: much faster than one by one. And warns of exports
 * without a docstring: TypeDoc's own validation looks at one package only, which here is the repository.
 *
 * @param {import('typedoc').Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const folder = module.name.replace(/\/src$/, '')
      module.name = JSON.parse(
        readFileSync(new URL(`../packages/${folder}/package.json`, import.meta.url), 'utf8'),
      ).name
    }
  })
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module))
      for (const exported of module.children ?? []) if (!isDocumented(exported)) warn(module, exported)
  })

  /** @param {{ name: string }} module @param {{ name: string }} exported */
  function warn(module, exported) {
    app.logger.warn(`${exported.name} of ${module.name} has no docstring.`)
  }
}

/** @param {import('typedoc').DeclarationReflection} exported */
function isDocumented(exported) {
  if (exported.kindOf(ReflectionKind.Reference)) return true
  return exported.hasComment() || (exported.signatures ?? []).some((signature) => signature.hasComment())
}
