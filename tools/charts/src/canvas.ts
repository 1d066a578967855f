import * as echarts from 'echarts'
import type { EChartsOption } from 'echarts'
import type { Axis } from './chart.ts'

const width = 720
/** Of Okabe and Ito: told apart by all eyes, on light and on dark. */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#999999']
export const gray = '#808080'

/** What all charts have: colors that can be read on light and on dark, and nothing that moves. */
export function frameOf(chart: { readonly title: string; readonly subtitle?: string }): EChartsOption {
  return {
    animation: false,
    color: colors,
    title: {
      text: chart.title,
      ...(chart.subtitle === undefined ? {} : { subtext: chart.subtitle }),
      left: 'center',
      itemGap: 6,
      textStyle: { color: gray, fontSize: 15 },
      subtextStyle: { color: gray, fontSize: 11 },
    },
    // Widths of texts are guessed where nothing measures them, and guessed too small.
    legend: { bottom: 0, itemGap: 22, itemWidth: 18, textStyle: { color: gray } },
  }
}

/** How every axis looks. */
export interface AxisStyle {
  readonly nameTextStyle: { readonly color: string }
  readonly axisLabel: { readonly color: string }
  readonly axisLine: { readonly lineStyle: { readonly color: string } }
}

export const axisStyle: AxisStyle = {
  nameTextStyle: { color: gray },
  axisLabel: { color: gray },
  axisLine: { lineStyle: { color: gray } },
}

/** An axis of values. */
export function valueAxis({
  title,
  isLogarithmic = false,
}: Axis): AxisStyle & { readonly type: 'log' | 'value'; readonly name: string } {
  return { ...axisStyle, type: isLogarithmic ? 'log' : 'value', name: title }
}

/** The chart as SVG, the same for the same options. */
export function svgOf(options: EChartsOption, height: number): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption(options)
  const svg = chart.renderToSVGString()
  chart.dispose()
  // The library numbers what it draws over all charts of a process, for styles of a pointer over it, which nobody sees in a file.
  const plain = svg.replaceAll(/ class="zr\d*-cls-\d+"/g, '').replaceAll(/<style[^]*?<\/style>/g, '')
  return `${plain.replaceAll(/zr\d+-/g, 'zr-')}\n`
}
