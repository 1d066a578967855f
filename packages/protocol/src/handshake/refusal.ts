/** Why a node will not be linked to another, and the numbers of it on the wire. */
export const refusals = {
  'another-subnet': 1,
  'another-version': 2,
  oneself: 3,
  'duplicate-link': 4,
  full: 5,
  'not-allowed': 6,
  'another-secret': 7,
  /** It did not prove that it has the key of its id, or something was changed on the way. */
  unproven: 8,
  /** A reason of a later version. */
  other: 255,
} as const

/** Why a node will not be linked to another. */
export type Refusal = keyof typeof refusals

const namesByNumber: ReadonlyMap<number, Refusal> = new Map(
  Object.entries(refusals).map(([name, number]) => [number, name as Refusal]),
)

/** The refusal of a number; undefined for 0, which accepts. */
export function refusalName(number: number): Refusal | undefined {
  return number === 0 ? undefined : (namesByNumber.get(number) ?? 'other')
}
