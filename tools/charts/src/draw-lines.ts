import { frameOf, gray, svgOf, valueAxis } from './canvas.ts'
import type { Chart } from './chart.ts'

const height = 400
/** Names below the chart that find room in one row. */
const namesInRow = 6
const rowHeight = 28

/** Lines as SVG, the same for the same findings. */
export function draw(chart: Chart): string {
  const { x, y, series, subtitle } = chart
  const legendHeight = series.length > namesInRow ? rowHeight : 0
  const options = {
    ...frameOf(chart),
    grid: { left: 85, right: 30, top: subtitle === undefined ? 50 : 75, bottom: 75 + legendHeight },
    xAxis: { ...valueAxis(x), nameLocation: 'middle' as const, nameGap: 28, splitLine: { show: false } },
    yAxis: { ...valueAxis(y), splitLine: { lineStyle: { color: gray, opacity: 0.25 } } },
    series: series.map(({ name, points }) => ({
      name,
      type: 'line' as const,
      data: points.map((point) => [...point]),
      symbolSize: 7,
    })),
  }
  return svgOf(options, height + legendHeight)
}
