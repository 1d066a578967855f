import { expect, test } from 'vitest'
import { readArguments, replayCommand } from './arguments.ts'

test('without arguments, 500 seeds from 1', () => {
  expect(readArguments([])).toEqual({ from: 1, seeds: 500, isVerbose: false, workers: 1 })
})

test('--seeds and --from choose many, --seed one', () => {
  expect(readArguments(['--seeds', '20000', '--from', '7', '--workers', '2'])).toEqual({
    from: 7,
    seeds: 20_000,
    isVerbose: false,
    workers: 2,
  })
  expect(readArguments(['--', '--seed', '42', '--verbose'])).toEqual({
    from: 42,
    seeds: 1,
    isVerbose: true,
    workers: 1,
  })
})

test('anything else is refused with a sentence', () => {
  expect(() => readArguments(['--sedes', '3'])).toThrow(
    '--sedes is not known. Use --seeds N, --from N, --seed N, --workers N, --verbose.',
  )
  expect(() => readArguments(['--seeds', 'many'])).toThrow('--seeds must be followed by a whole number, not many.')
})

test('a divergent seed comes with the command that runs it again', () => {
  expect(replayCommand(42)).toBe('npx --yes pnpm@12.21.0 sim --seed 42 --verbose')
})
