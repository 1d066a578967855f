import * as echarts from 'echarts'
import type { Chart } from './result.ts'

const size = { width: 720, height: 400 } as const
/** Of Okabe and Ito: told apart by all eyes, on light and on dark. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7']
const grey = '#808080'

/** A chart as SVG, the same for the same findings, with colours that can be read on light and on dark. */
export function draw({ title, x, y, series }: Chart): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size })
  const axis = { nameTextStyle: { color: grey }, axisLabel: { color: grey }, axisLine: { lineStyle: { color: grey } } }
  chart.setOption({
    animation: false,
    color: colours,
    title: { text: title, left: 'center', textStyle: { color: grey, fontSize: 15 } },
    legend: { bottom: 0, textStyle: { color: grey } },
    grid: { left: 70, right: 30, top: 50, bottom: 75 },
    xAxis: {
      ...axis,
      type: x.isLogarithmic ? 'log' : 'value',
      name: x.title,
      nameLocation: 'middle',
      nameGap: 28,
      splitLine: { show: false },
    },
    yAxis: { ...axis, type: 'value', name: y.title, splitLine: { lineStyle: { color: grey, opacity: 0.25 } } },
    series: series.map(({ name, points }) => ({
      name,
      type: 'line',
      data: points.map((point) => [...point]),
      symbolSize: 7,
    })),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  // The library numbers what it draws over all charts of a process, for styles of a pointer over it, which nobody sees in a file.
  const plain = svg.replaceAll(/ class="zr\d*-cls-\d+"/g, '').replaceAll(/<style[^]*?<\/style>/g, '')
  return `${plain.replaceAll(/zr\d+-/g, 'zr-')}\n`
}
