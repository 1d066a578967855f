import { readFileSync } from 'node:fs'
import { draw, drawBars } from '@ts2p/charts'
import { js2pCharts } from './js2p-charts.ts'
import type { MeasuredBesideJs2p, MeasuredMesh } from './measured.ts'
import { meshBarCharts, meshLineCharts } from './mesh-charts.ts'

/** Where the figures are kept that the charts show. */
export const resultFiles = {
  js2p: new URL('../../results/js2p.json', import.meta.url),
  mesh: new URL('../../results/mesh.json', import.meta.url),
} as const

/** The charts of the figures kept, as SVG, by name. */
export function drawBenchCharts(): Map<string, string> {
  const js2p = JSON.parse(readFileSync(resultFiles.js2p, 'utf8')) as MeasuredBesideJs2p
  const mesh = JSON.parse(readFileSync(resultFiles.mesh, 'utf8')) as MeasuredMesh
  return new Map([
    ...[...js2pCharts(js2p), ...meshBarCharts(mesh)].map((chart) => [chart.name, drawBars(chart)] as const),
    ...meshLineCharts(mesh).map((chart) => [chart.name, draw(chart)] as const),
  ])
}
