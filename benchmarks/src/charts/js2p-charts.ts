import type { BarChart } from '@ts2p/charts'
import { lineOfCircumstances } from '../report/circumstances.ts'
import type { Line } from '../report/line.ts'
import type { MeasuredBesideJs2p } from './measured.ts'

/** How many times better ours is than js2p, and how many times the figure of a plain Map it has. */
export function js2pCharts(measured: MeasuredBesideJs2p): BarChart[] {
  const lines = measured.results.flatMap((result) => result.lines)
  const subtitle = lineOfCircumstances(measured)
  const besideJs2p = lines.filter(({ timesAhead }) => timesAhead !== undefined)
  const besideMap = lines.filter(({ timesMap }) => timesMap !== undefined)
  return [
    {
      name: 'bench-js2p',
      title: 'How many times better than js2p 0.7.870',
      subtitle,
      value: { title: 'times, 1 being the same', isLogarithmic: true },
      labels: besideJs2p.map(labelOf),
      series: [{ name: 'times', values: besideJs2p.map(({ timesAhead }) => timesAhead) }],
    },
    {
      name: 'bench-map',
      title: 'How many times the figure of a plain Map',
      subtitle,
      value: { title: 'times, less is better', isLogarithmic: true },
      labels: besideMap.map(({ title }) => title),
      series: [{ name: 'times', values: besideMap.map(({ timesMap }) => timesMap) }],
    },
  ]
}

/** Where js2p was ended before it was done, the figure is what ours is ahead by at least. */
function labelOf({ title, results }: Line): string {
  return results.js2p?.kind === 'unfinished' ? `${title} (at least)` : title
}
