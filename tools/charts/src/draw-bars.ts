import { axisStyle, frameOf, gray, svgOf, valueAxis } from './canvas.ts'
import type { BarChart } from './chart.ts'

const barHeight = 16
const gap = 14

/** Lying bars as SVG, each with its figure at its end. */
export function drawBars(chart: BarChart): string {
  const { value, labels, series } = chart
  const bodyHeight = labels.length * (series.length * barHeight + gap)
  const [top, bottom] = [75, series.length > 1 ? 80 : 55]
  const options = {
    ...frameOf(chart),
    ...(series.length > 1 ? {} : { legend: { show: false } }),
    grid: {
      left: 40,
      right: 70,
      top,
      bottom,
      outerBoundsMode: 'same' as const,
      outerBoundsContain: 'axisLabel' as const,
    },
    xAxis: {
      ...valueAxis(value),
      ...(value.isLogarithmic ? beginningAt(decadeBelow(series.flatMap(({ values }) => values))) : {}),
      nameLocation: 'middle' as const,
      nameGap: 28,
      splitLine: { lineStyle: { color: gray, opacity: 0.25 } },
    },
    yAxis: { ...axisStyle, type: 'category' as const, data: [...labels], inverse: true, axisTick: { show: false } },
    series: series.map(({ name, values }) => ({
      name,
      type: 'bar' as const,
      data: values.map((each) => each ?? '-'),
      barWidth: barHeight - 2,
      label: {
        show: true,
        position: 'right' as const,
        color: gray,
        formatter: ({ value: shown }: { value?: unknown }) => textOf(shown),
      },
    })),
  }
  return svgOf(options, top + bodyHeight + bottom)
}

/** Bars of a logarithmic axis begin at 1 unless told otherwise. */
function beginningAt(value: number): { readonly min: number; readonly startValue: number } {
  return { min: value, startValue: value }
}

/** The power of ten at or below the least of the figures. */
function decadeBelow(values: readonly (number | undefined)[]): number {
  const least = Math.min(...values.filter((value) => value !== undefined))
  return 10 ** Math.floor(Math.log10(least))
}

/** A figure with as many digits as say something. */
function textOf(value: unknown): string {
  if (typeof value !== 'number') return ''
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}
