import { describe, expect, test } from 'vitest'
import { checkKnown } from './check-known.ts'
import { ArgumentError } from './errors.ts'

const known = ['keyEncoding', 'valueEncoding', 'leasing', 'port', 'wait']

function failure(given: unknown): ArgumentError {
  try {
    checkKnown('options', given as object, known)
  } catch (error) {
    if (error instanceof ArgumentError) return error
    throw error
  }
  throw new Error('It must fail.')
}

test('known names pass, whatever their values are', () => {
  for (const given of [{}, { port: 1 }, { port: undefined, wait: null }, Object.create(null), Object.create({ no: 1 })])
    expect(() => checkKnown('options', given as object, known)).not.toThrow()
})

test('an unknown name fails, with the nearest known name', () => {
  const error = failure({ port: 1, valueEncodng: 'json' })
  expect(error).toMatchObject({ name: 'ArgumentError', code: 'ARGUMENT', argument: 'options.valueEncodng' })
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toBe(
    'options.valueEncodng is no option. Did you mean valueEncoding? ' +
      'The options are keyEncoding, valueEncoding, leasing, port, wait.',
  )
})

describe('the nearest name', () => {
  test.each([
    ['prot', 'port', 'two neighbors are swapped'],
    ['leaseing', 'leasing', 'a character too many'],
    ['leasng', 'leasing', 'a character is missing'],
    ['keyencoding', 'keyEncoding', 'case does not count'],
    ['KEY_ENCODING', 'keyEncoding', 'case does not count beside another difference'],
    ['vslueEncodign', 'valueEncoding', 'two differences in a long name'],
    ['valeuEcnoding', 'valueEncoding', 'two swaps'],
    ['waits', 'wait', 'a character at the end'],
  ])('of %s is %s: %s', (given, nearest) => {
    expect(failure({ [given]: 1 }).message).toContain(`. Did you mean ${nearest}? The options are`)
  })

  test.each(['p', '', 'something', 'encode', 'prt0'])('"%s" is near none', (given) => {
    expect(failure({ [given]: 1 }).message).toBe(
      `options.${given} is no option. The options are keyEncoding, valueEncoding, leasing, port, wait.`,
    )
  })

  test('of two that are near, the nearer', () => {
    const message = (given: string): string => {
      try {
        checkKnown('limits', { [given]: 1 }, ['keyBytesMin', 'keyBytesMax', 'keysMax'])
      } catch (error) {
        return String(error)
      }
      return ''
    }
    expect(message('keyByteMax')).toContain('Did you mean keyBytesMax?')
    expect(message('keyMax')).toContain('Did you mean keysMax?')
  })
})

test('a name that is unknown fails even if its value is undefined', () => {
  expect(failure({ timeout: undefined }).argument).toBe('options.timeout')
})

test.each([undefined, null, 7, 'text'])('%s is no object', (given) => {
  expect(failure(given)).toMatchObject({
    argument: 'options',
    message: `options must be an object, not ${describeOf(given)}.`,
  })
})

function describeOf(given: unknown): string {
  return typeof given === 'string' ? JSON.stringify(given) : String(given)
}
