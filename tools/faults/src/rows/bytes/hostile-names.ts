import type { FaultRow } from '../../row.ts'
import { runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { namePositions } from '../../support/nodes/name-positions.ts'
import type { NamePosition } from '../../support/nodes/name-positions.ts'

/** Names that mean something to JavaScript, to JSON, to shells or to those who print them. */
const names: readonly string[] = [
  `__proto__ constructor prototype hasOwnProperty isPrototypeOf propertyIsEnumerable toString toLocaleString valueOf
  __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ then catch length name size get set has delete
  clear keys values entries forEach toJSON inspect arguments caller callee apply call bind undefined null true false
  NaN Infinity 0 -1 1e3 ../.. %00 $x`.split(/\s+/),
  ' |\n|\u202e|🦀'.split('|'),
].flat()
/** A name that means nothing to anyone. What is done with it is done with all others. */
const usualName = 'usual'
const casesOfOneState = names.length * namePositions.length

/** Names that are properties of every object, in every place where a name can stand. */
export const hostileNames: FaultRow = {
  name: 'hostile-names',
  fault: '50 names such as `__proto__` and `constructor` stand in every position, and Object.prototype is frozen.',
  mustHold: 'The behavior is that of any other name, frozen or not, and Object.prototype stays as it was.',
  // The first half of the cases runs as usual, the second with the prototype frozen.
  wanted: 2 * casesOfOneState,
  unit: 'names in positions',
  async open() {
    if (names.length < 50) throw new Error(`There are ${names.length} names.`)
    const usual = new Map<NamePosition, string>()
    for (const position of namePositions) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      usual.set(position, await position.outcomeOf(usualName))
    }
    const properties = propertiesOf(Object.prototype)
    return {
      slice: (from, until) => {
        const end = from < casesOfOneState ? Math.min(until, casesOfOneState) : until
        return runCases(from, end, async (index): Promise<CaseResult> => {
          if (index >= casesOfOneState) Object.freeze(Object.prototype)
          const position = namePositions[index % namePositions.length]
          const name = names[Math.floor(index / namePositions.length) % names.length]
          if (!position || name === undefined) throw new RangeError('There is no such case.')
          const outcome = await position.outcomeOf(name)
          const expected = usual.get(position)
          const where = `${JSON.stringify(name)} as ${position.title}`
          return {
            violations: [
              ...unless(outcome === expected, `${where}: ${outcome}, where another name gives ${expected}`),
              ...unless(propertiesOf(Object.prototype) === properties, `${where}: Object.prototype has changed`),
            ],
          }
        })
      },
    }
  },
}

function propertiesOf(object: object): string {
  return Reflect.ownKeys(object).map(String).join(' ')
}
