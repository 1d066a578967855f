import type { Explanation } from './explanation.ts'
import type { Mutant } from './mutant.ts'

/** The least share of mutants that the tests must notice. */
const killedShareMin = 0.95

/** How many mutants the tests noticed, and what is known of the others. */
export class Score {
  readonly #mutants: readonly Mutant[]
  readonly #explanations: readonly Explanation[]

  constructor(mutants: readonly Mutant[], explanations: readonly Explanation[]) {
    this.#mutants = mutants
    this.#explanations = explanations
  }

  get killedShare(): number {
    return this.#mutants.filter(({ isKilled }) => isKilled).length / this.#mutants.length
  }

  /** Enough were noticed, and every other one is explained; of a full run also: nothing is explained that does not survive. */
  isGood(isFullRun: boolean): boolean {
    return this.killedShare >= killedShareMin && this.#unexplained.length === 0 && !(isFullRun && this.#idle.length > 0)
  }

  toString(): string {
    const survivors = this.#survivors.map((mutant) => {
      const why = this.#whyOf(mutant) ?? 'NOT EXPLAINED: write a test that notices, or say why in survivors.json'
      return `${mutant.file}:${mutant.line}\n  - ${mutant.before}\n  + ${mutant.after}\n  ${why}`
    })
    const idle = this.#idle.map(
      ({ file, before, after }) => `${file}: explained, but noticed\n  - ${before}\n  + ${after}`,
    )
    const [all, survived] = [this.#mutants.length, this.#survivors.length]
    const share = `${(this.killedShare * 100).toFixed(1)} % killed, at least ${killedShareMin * 100} % wanted`
    const sums = `mutants ${all}, killed ${all - survived}, survived ${survived}: ${share}`
    return [...survivors, ...idle, sums, `not explained: ${this.#unexplained.length}`].join('\n')
  }

  get #survivors(): Mutant[] {
    return this.#mutants.filter(({ isKilled }) => !isKilled)
  }

  get #unexplained(): Mutant[] {
    return this.#survivors.filter((mutant) => this.#whyOf(mutant) === undefined)
  }

  /** Explanations of what does not survive. */
  get #idle(): Explanation[] {
    return this.#explanations.filter((explanation) => !this.#survivors.some((mutant) => explains(explanation, mutant)))
  }

  #whyOf(mutant: Mutant): string | undefined {
    return this.#explanations.find((explanation) => explains(explanation, mutant))?.why
  }
}

function explains({ file, before, after }: Explanation, mutant: Mutant): boolean {
  return file === mutant.file && before === mutant.before && after === mutant.after
}
