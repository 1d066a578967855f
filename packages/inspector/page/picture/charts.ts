import uPlot from 'uplot'
import { element } from '../element.ts'
import type { Moment } from './history.ts'

type Field = Exclude<keyof Moment, 'at'>

/** A chart: its title with the unit, and its lines. */
const plans: readonly {
  readonly title: string
  readonly lines: readonly (readonly [label: string, field: Field])[]
}[] = [
  {
    title: 'Messages per second',
    lines: [
      ['sent', 'sentPerS'],
      ['received', 'receivedPerS'],
      ['again', 'duplicatesPerS'],
    ],
  },
  {
    title: 'Bytes per second',
    lines: [
      ['sent', 'sentBytesPerS'],
      ['received', 'receivedBytesPerS'],
    ],
  },
  {
    title: 'Delay of messages, ms',
    lines: [
      ['mean', 'delayMeanMs'],
      ['longest', 'delayMaxMs'],
    ],
  },
  {
    title: 'Memory, MiB',
    lines: [
      ['process', 'residentMiB'],
      ['heap', 'heapMiB'],
    ],
  },
]

const height = 110

/** The charts. Each says its latest values in words as well. */
export class Charts {
  readonly #figures: { caption: HTMLElement; place: HTMLElement; plot: uPlot | undefined }[]
  #moments: readonly Moment[] = []

  constructor() {
    const parent = element('figures', HTMLDivElement)
    this.#figures = plans.map(() => {
      const figure = document.createElement('figure')
      const caption = document.createElement('figcaption')
      const place = document.createElement('div')
      place.setAttribute('aria-hidden', 'true')
      figure.append(caption, place)
      parent.append(figure)
      return { caption, place, plot: undefined }
    })
    // Colors and width are drawn in, so all is drawn anew when they change.
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#make())
    new ResizeObserver(() => {
      for (const { place, plot } of this.#figures) plot?.setSize({ width: widthOf(place), height })
    }).observe(parent)
    this.#make()
  }

  show(moments: readonly Moment[]): void {
    this.#moments = moments
    plans.forEach(({ title, lines }, index) => {
      const figure = this.#figures[index]
      if (!figure) return
      figure.plot?.setData(dataOf(moments, lines))
      const latest = moments.at(-1)
      const values = lines.map(([label, field]) => `${label} ${numberText(latest?.[field] ?? null)}`)
      figure.caption.textContent = `${title}: ${values.join(', ')}`
    })
  }

  #make(): void {
    plans.forEach(({ lines }, index) => {
      const figure = this.#figures[index]
      if (!figure) return
      figure.plot?.destroy()
      figure.plot = new uPlot(optionsOf(lines, widthOf(figure.place)), dataOf(this.#moments, lines), figure.place)
    })
  }
}

function optionsOf(lines: readonly (readonly [string, Field])[], width: number): uPlot.Options {
  const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const axis: uPlot.Axis = {
    stroke: color('--quiet'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  }
  return {
    ...{ width, height },
    cursor: { show: false },
    legend: { show: false },
    scales: { y: { range: (_, min, max) => [Math.min(0, min ?? 0), Math.max(1, (max ?? 0) * 1.1)] } },
    axes: [
      {
        ...axis,
        size: 24,
        space: 70,
        values: (_, seconds) => seconds.map((at) => new Date(at * 1000).toLocaleTimeString()),
      },
      { ...axis, size: 54, space: 24, values: (_, values) => values.map((value) => numberText(value)) },
    ],
    series: [
      {},
      ...lines.map(([label], index) => ({
        label,
        stroke: color(`--line-${index + 1}`),
        width: 2,
        ...(index === 0 ? {} : { dash: index === 1 ? [6, 3] : [2, 3] }),
        points: { size: 4 },
      })),
    ],
  }
}

function dataOf(moments: readonly Moment[], lines: readonly (readonly [string, Field])[]): uPlot.AlignedData {
  return [moments.map(({ at }) => at), ...lines.map(([, field]) => moments.map((moment) => moment[field]))]
}

function widthOf(place: HTMLElement): number {
  return Math.max(160, place.clientWidth)
}

/** A number to read. */
function numberText(value: number | null): string {
  if (value === null) return '–'
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1)
}
