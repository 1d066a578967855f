import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { printed, referencesIn } from './declarations.ts'

/** An entry point of a package. */
export interface Entry {
  /** As in `exports` of its manifest, such as `.` or `./node`. */
  readonly path: string
  /** The declaration file, absolute. */
  readonly file: string
}

/** A package whose public declarations are wanted. */
export interface ApiPackage {
  readonly name: string
  readonly entries: readonly Entry[]
}

/**
 * The public declarations of packages, one text each: every export sorted by name, without comments and private members. After them come
 * declarations of the same package that the exports refer to, such as a base class that is not exported.
 * @throws {Error} An entry point is not built.
 */
export function apiReports(packages: readonly ApiPackage[]): Map<string, string> {
  const missing = packages.flatMap(({ entries }) => entries).find(({ file }) => !existsSync(file))
  if (missing !== undefined) throw new Error(`${missing.file} does not exist: build the packages first`)
  const program = ts.createProgram({
    rootNames: packages.flatMap(({ entries }) => entries.map(({ file }) => file)),
    options: {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      // Only names are resolved, no types are checked: without a library this takes a fraction of the time.
      noLib: true,
      types: [],
    },
  })
  return new Map(packages.map((each) => [each.name, new Report(program, each).text()]))
}

/** The report of one package. */
class Report {
  readonly #program: ts.Program
  readonly #checker: ts.TypeChecker
  readonly #package: ApiPackage
  readonly #exported = new Set<ts.Symbol>()

  constructor(program: ts.Program, apiPackage: ApiPackage) {
    this.#program = program
    this.#checker = program.getTypeChecker()
    this.#package = apiPackage
  }

  text(): string {
    const sections = this.#package.entries
      .toSorted((a, b) => compare(a.path, b.path))
      .map(({ path, file }) => [`// ${join(this.#package.name, path)}`, ...this.#exportsOf(this.#moduleOf(file))])
    const others = this.#referredTo()
    if (others.length > 0) sections.push(['// Not exported, but part of the exports', ...others])
    return `${sections.map((section) => section.join('\n\n')).join('\n\n')}\n`
  }

  #moduleOf(file: string): ts.Symbol {
    const source = this.#program.getSourceFile(file)
    const symbol = source && this.#checker.getSymbolAtLocation(source)
    if (symbol === undefined) throw new Error(`${file} exports nothing`)
    return symbol
  }

  #exportsOf(module: ts.Symbol): string[] {
    return this.#checker
      .getExportsOfModule(module)
      .toSorted((a, b) => compare(a.name, b.name))
      .map((symbol) => this.#export(symbol))
  }

  #export(symbol: ts.Symbol): string {
    const target = this.#target(symbol)
    const isTypeOnly = symbol.declarations?.some(ts.isTypeOnlyExportDeclaration) ?? false
    if ((target.flags & ts.SymbolFlags.ValueModule) !== 0 && target.declarations?.some(ts.isSourceFile))
      return `export namespace ${symbol.name} {\n${indented(this.#exportsOf(target).join('\n\n'))}\n}`
    const owner = packageOf(target)
    const name = target.name === symbol.name ? symbol.name : `${target.name} as ${symbol.name}`
    if (owner !== this.#package.name) return `export ${isTypeOnly ? 'type ' : ''}{ ${name} } from '${owner}'`
    this.#exported.add(target)
    const lines = declarationsOf(target).map(printed)
    if (name !== symbol.name) lines.splice(0, lines.length, ...lines.map(unexported), `export { ${name} };`)
    if (isTypeOnly && (target.flags & ts.SymbolFlags.Value) !== 0) lines.unshift('// Only its type is exported.')
    return lines.join('\n')
  }

  /** The declarations of this package that exports refer to, directly or through others, and that are not exported themselves. */
  #referredTo(): string[] {
    const seen = new Set(this.#exported)
    // A set is iterated with what is added meanwhile.
    for (const symbol of seen)
      for (const node of declarationsOf(symbol).flatMap(referencesIn)) {
        const found = this.#checker.getSymbolAtLocation(node)
        const target = found && this.#target(found)
        if (target !== undefined && isTopLevel(target) && packageOf(target) === this.#package.name) seen.add(target)
      }
    const others = [...seen].filter((symbol) => !this.#exported.has(symbol))
    return others
      .map((symbol) => declarationsOf(symbol).map(printed).map(unexported).join('\n'))
      .toSorted(compareDeclarations)
  }

  #target(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.#checker.getAliasedSymbol(symbol)
  }
}

function declarationsOf(symbol: ts.Symbol): readonly ts.Declaration[] {
  return symbol.declarations ?? []
}

/** Whether a symbol is declared by a statement of a file: not a parameter of a type, or a member. */
function isTopLevel(symbol: ts.Symbol): boolean {
  return declarationsOf(symbol).some((declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
    return statement.parent !== undefined && ts.isSourceFile(statement.parent)
  })
}

/** The name of the package that declares a symbol. */
function packageOf(symbol: ts.Symbol): string {
  const file = declarationsOf(symbol)[0]?.getSourceFile().fileName
  if (file === undefined) throw new Error(`${symbol.name} has no declaration: is everything built?`)
  for (let folder = dirname(realpathSync(file)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    const { name } = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }) : {}
    if (name !== undefined) return name
    if (folder === dirname(folder)) throw new Error(`${file} is in no package`)
  }
}

/** A statement as it is where it is not exported by its package. Its file may export it all the same. */
function unexported(statement: string): string {
  return statement.replace(/^export /, '')
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ')
}

/** Orders declarations by what they declare, whatever kind they are of. */
function compareDeclarations(a: string, b: string): number {
  return compare(nameIn(a), nameIn(b)) || compare(a, b)
}

function nameIn(declaration: string): string {
  return /\b(?:class|interface|type|const|function|enum|namespace) (\w+)/.exec(declaration)?.[1] ?? ''
}

/** Compares by code units: the same everywhere. */
function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
