import { expect, test } from 'vitest'
import { drawBars } from './draw-bars.ts'
import { draw } from './draw-lines.ts'

const lines = {
  name: 'x',
  title: 'A title',
  subtitle: 'how it was measured',
  x: { title: 'nodes', isLogarithmic: true },
  y: { title: 'ms' },
  series: [{ name: 'a line', points: [[10, 1] as const, [100, 2] as const] }],
}
const bars = {
  name: 'y',
  title: 'A title',
  subtitle: 'how it was measured',
  value: { title: 'times', isLogarithmic: true },
  labels: ['here', 'there'],
  series: [
    { name: 'one', values: [1234.5, 0.25] },
    { name: 'other', values: [undefined, 12.34] },
  ],
}

test.each([
  ['lines', () => draw(lines), ['A title', 'how it was measured', 'a line', 'nodes', 'ms']],
  ['bars', () => drawBars(bars), ['A title', 'how it was measured', 'here', 'there', '1,235', '0.25', '12.3', 'other']],
])('%s are drawn as SVG, the same each time, without a word of script', (_, drawn, parts) => {
  const svg = drawn()
  for (const part of ['<svg ', ...parts, '</svg>']) expect(svg).toContain(part)
  expect(svg).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  expect(drawn()).toBe(svg)
})
