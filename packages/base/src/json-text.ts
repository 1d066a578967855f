import { ArgumentError } from './errors.ts'

/**
 * The JSON of a value that reads back as it was.
 *
 * Refuses what JSON would change silently: `NaN`, `Infinity`, functions, symbols, BigInts, and objects that have a `toJSON` (such as a Date)
 * or are neither plain objects nor arrays (such as a Map). Refuses `undefined` as the value and as an item of an array, but not as a property:
 * JSON leaves the property out, and reading it gives `undefined` all the same. `-0` becomes 0.
 * @param name - Of the value, for the error.
 * @throws {ArgumentError} A part of the value is refused: `argument` is its path, such as `value.items[2]`. Or the value is part of itself, or
 * too deeply nested.
 */
export function jsonText(value: unknown, name = 'value'): string {
  assertFaithful(value, name)
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ArgumentError(name, {
      sentence: `${name} is too large or too deeply nested for JSON: ${error.message}.`,
    })
  }
}

/** An object or array that is being walked through. */
interface Step {
  readonly container: object
  /** Undefined for an array. */
  readonly keys: readonly string[] | undefined
  readonly parts: readonly unknown[]
  next: number
}

/** @throws {ArgumentError} A part of the value is not the same in JSON. */
function assertFaithful(value: unknown, name: string): void {
  if (isScalar(value)) return
  // Without recursion: values that JSON.stringify can still walk through may be too deep for that.
  const path: Step[] = []
  const ancestors = new Set<object>()
  const visit = (part: unknown): void => {
    const isProperty = path.at(-1)?.keys !== undefined
    if (isScalar(part) || (part === undefined && isProperty)) return
    if (typeof part !== 'object' || part === null) {
      const expectation = typeof part === 'number' ? 'a finite number' : 'something that JSON can say'
      throw new ArgumentError(pathText(name, path), expectation, part)
    }
    if (ancestors.has(part)) {
      const place = pathText(name, path)
      throw new ArgumentError(place, { sentence: `${place} contains itself, which JSON cannot say.` })
    }
    const expectation = objectFault(part)
    if (expectation !== undefined) throw new ArgumentError(pathText(name, path), expectation, part)
    ancestors.add(part)
    path.push(stepInto(part))
  }
  visit(value)
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    if (step.next < step.parts.length) {
      step.next += 1
      visit(step.parts[step.next - 1])
    } else {
      ancestors.delete(step.container)
      path.pop()
    }
  }
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

/** What the object would have to be; undefined if JSON keeps it as it is. */
function objectFault(value: object): string | undefined {
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return 'plain data without toJSON, such as a text or number'
  return isPlain(value) ? undefined : 'a plain object or array'
}

/** Whether an object is an array or made by `{}`, here or in another realm, or has no prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (typeof prototype !== 'object' || prototype === null) return true
  // Array.prototype is an array, in each realm; the prototype of a subclass is none.
  return Array.isArray(value) ? Array.isArray(prototype) : Object.getPrototypeOf(prototype) === null
}

function stepInto(container: object): Step {
  if (Array.isArray(container)) return { container, keys: undefined, parts: container, next: 0 }
  return { container, keys: Object.keys(container), parts: Object.values(container), next: 0 }
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** Where the part is that is being visited. */
function pathText(name: string, path: readonly Step[]): string {
  const steps = path.map(({ keys, next }) => {
    if (keys === undefined) return `[${next - 1}]`
    const key = keys[next - 1] ?? ''
    return identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
  })
  return `${name}${steps.join('')}`
}
