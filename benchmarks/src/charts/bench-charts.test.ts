import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { drawBenchCharts } from './bench-charts.ts'

const folder = new URL('../../../docs/charts/', import.meta.url)
const drawn = drawBenchCharts()

test('there is each chart, and no other', () => {
  const files = readdirSync(folder).filter((name) => name.startsWith('bench-'))
  expect(files.toSorted()).toEqual([...drawn.keys()].map((name) => `${name}.svg`).toSorted())
})

test.each([...drawn])('%s shows the figures that are kept', (name, svg) => {
  expect(readFileSync(new URL(`${name}.svg`, folder), 'utf8')).toBe(svg)
})
