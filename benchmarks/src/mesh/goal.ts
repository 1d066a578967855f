import { number } from '../report/table.ts'
import type { MeshSubjectName } from './mesh-case.ts'
import { figureOf } from './mesh-result.ts'
import type { MeshResult } from './mesh-result.ts'

/** What must hold of a row. */
export interface Goal {
  readonly row: string
  readonly text: string
  /** Undefined: a figure is missing. */
  readonly value: (of: FigureLookup) => number | undefined
  readonly atLeast?: number
  readonly atMost?: number
  /** Of the value, for people: `x` for times. */
  readonly unit: string
  /** Whether it is only to be reached for: the exit code does not depend on it. */
  readonly isWish: boolean
}

/** The median of a figure. */
export type FigureLookup = (subject: MeshSubjectName, figure: string) => number | undefined

/** How a goal came out. */
export interface Verdict {
  readonly goal: Goal
  readonly value: number | undefined
  readonly isReached: boolean
}

/** What is to be said of the goals of the rows that were measured. */
export function verdictsOf(goals: readonly Goal[], results: readonly MeshResult[]): readonly Verdict[] {
  return goals.flatMap((goal) => {
    const result = results.find(({ row }) => row.name === goal.row)
    if (!result) return []
    const value = goal.value((subject, figure) => figureOf(result, subject, figure))
    const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = goal
    return [{ goal, value, isReached: value !== undefined && value >= atLeast && value <= atMost }]
  })
}

/** One line. */
export function sentenceOf({ goal, value, isReached }: Verdict): string {
  const { unit, text, row, atLeast, atMost } = goal
  const bound = atLeast === undefined ? `at most ${number(atMost ?? 0)}${unit}` : `at least ${number(atLeast)}${unit}`
  const found = value === undefined ? 'not measured' : `${number(value)}${unit}`
  return `${isReached ? 'yes' : 'NO '}  ${row}: ${text}: ${found}, ${goal.isWish ? 'hoped for' : 'wanted'} ${bound}`
}
