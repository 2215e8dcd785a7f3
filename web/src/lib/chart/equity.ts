import { AreaSeries, createChart, type IChartApi, type ISeriesApi, type UTCTimestamp } from 'lightweight-charts';
import type { EquityPoint } from '../api/types';
import { chartOptions, palette } from './palette';

/** The account's equity as one line. */
export class EquityChart {
  #chart: IChartApi;
  #series: ISeriesApi<'Area'>;
  #lastMs = 0;
  #count = 0;

  constructor(container: HTMLElement) {
    this.#chart = createChart(container, chartOptions(palette()));
    this.#series = this.#chart.addSeries(AreaSeries, {
      lineWidth: 2,
      priceFormat: { type: 'price', precision: 2, minMove: 0.01 },
    });
    this.#colour();
  }

  /** A single new point is added to the line; anything else draws it afresh. */
  show(points: EquityPoint[]): void {
    const last = points.at(-1);
    if (!last) {
      this.#series.setData([]);
    } else if (this.#count > 0 && points.length === this.#count + 1 && points.at(-2)?.time_ms === this.#lastMs) {
      this.#series.update({ time: this.#time(last), value: Number(last.equity) });
    } else if (points.length !== this.#count || last.time_ms !== this.#lastMs) {
      this.#series.setData(this.#bySecond(points));
      this.#chart.timeScale().fitContent();
    }
    this.#count = points.length;
    this.#lastMs = last?.time_ms ?? 0;
  }

  retheme(): void {
    this.#chart.applyOptions(chartOptions(palette()));
    this.#colour();
  }

  destroy(): void {
    this.#chart.remove();
  }

  /** The chart takes one point per second, so the last of each second stands. */
  #bySecond(points: EquityPoint[]) {
    const bySecond = new Map<UTCTimestamp, number>();
    for (const point of points) bySecond.set(this.#time(point), Number(point.equity));
    return [...bySecond].sort(([a], [b]) => a - b).map(([time, value]) => ({ time, value }));
  }

  #time(point: EquityPoint): UTCTimestamp {
    return Math.floor(point.time_ms / 1000) as UTCTimestamp;
  }

  #colour(): void {
    const p = palette();
    this.#series.applyOptions({ lineColor: p.accent, topColor: `${p.accent}33`, bottomColor: `${p.accent}00` });
  }
}
