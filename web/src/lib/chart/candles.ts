import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type SeriesMarker,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { Bar, Fill, Rule } from '../api/types';
import { places } from '../decimal';
import { chartOptions, palette, type Palette } from './palette';

const MOST_BARS = 8_000;
const KEPT_BARS = 5_000;
const SHOWN_BARS = 120;
const NEAR_THE_START = 20;

/** In milliseconds. */
const LENGTHS: Record<Rule, number> = { '1s': 1_000, '1m': 60_000 };

const seconds = (ms: number) => Math.floor(ms / 1000) as UTCTimestamp;

export interface CandleEvents {
  hover: (bar: Bar | null) => void;
  wantOlder: () => void;
}

/** Candles with volume under them and the account's fills on them. */
export class CandleChart {
  #chart: IChartApi;
  #candles: ISeriesApi<'Candlestick'>;
  #volume: ISeriesApi<'Histogram'>;
  #markers;
  #palette: Palette = palette();
  #bars: Bar[] = [];
  #fills: Fill[] = [];
  #length = 60_000;

  constructor(container: HTMLElement, events: CandleEvents) {
    this.#chart = createChart(container, chartOptions(this.#palette));
    this.#candles = this.#chart.addSeries(CandlestickSeries, this.#candleColours());
    this.#volume = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      color: this.#palette.volume,
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.26 } });
    this.#chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.8, bottom: 0 } });
    this.#markers = createSeriesMarkers(this.#candles, []);
    this.#chart.subscribeCrosshairMove((move) => {
      const at = move.time as number | undefined;
      events.hover(at === undefined ? null : (this.#bars.find((b) => seconds(b.open_time_ms) === at) ?? null));
    });
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range && range.from < NEAR_THE_START && this.#bars.length > 0) events.wantOlder();
    });
  }

  get count(): number {
    return this.#bars.length;
  }

  get last(): Bar | null {
    return this.#bars.at(-1) ?? null;
  }

  reset(bars: Bar[], rule: Rule, tick: string): void {
    this.#length = LENGTHS[rule];
    this.#bars = bars;
    const precision = places(tick);
    this.#candles.applyOptions({ priceFormat: { type: 'price', precision, minMove: 10 ** -precision } });
    this.#chart.timeScale().applyOptions({ secondsVisible: rule === '1s' });
    this.#redraw();
    this.#chart.timeScale().setVisibleLogicalRange({ from: bars.length - SHOWN_BARS, to: bars.length + 4 });
  }

  prepend(older: Bar[]): void {
    const first = this.#bars[0]?.open_time_ms ?? Infinity;
    const fresh = older.filter((bar) => bar.open_time_ms < first);
    if (fresh.length === 0) return;
    this.#bars = [...fresh, ...this.#bars];
    this.#redraw();
  }

  update(bar: Bar): void {
    const last = this.last;
    if (last && bar.open_time_ms < last.open_time_ms) {
      this.#revise(bar);
      return;
    }
    if (last?.open_time_ms === bar.open_time_ms) this.#bars[this.#bars.length - 1] = bar;
    else this.#bars.push(bar);
    if (this.#bars.length > MOST_BARS) {
      this.#bars = this.#bars.slice(-KEPT_BARS);
      this.#redraw();
      return;
    }
    this.#candles.update(this.#candle(bar));
    this.#volume.update(this.#column(bar));
  }

  /** A bar told anew, for trades that came late or were amended, takes the place of the one before. */
  #revise(bar: Bar): void {
    const place = this.#bars.findIndex((b) => b.open_time_ms === bar.open_time_ms);
    const known = this.#bars[place];
    if (!known || known.revision >= bar.revision) return;
    this.#bars[place] = bar;
    this.#candles.update(this.#candle(bar), true);
    this.#volume.update(this.#column(bar), true);
  }

  marks(fills: Fill[]): void {
    this.#fills = fills;
    const first = this.#bars[0]?.open_time_ms ?? Infinity;
    const step = this.#length;
    // One mark per candle and side with its number of fills: a pile of arrows would hide the prices.
    const counts = new Map<string, { time: UTCTimestamp; buy: boolean; count: number }>();
    for (const fill of fills) {
      if (fill.time_ms < first) continue;
      const time = seconds(Math.floor(fill.time_ms / step) * step);
      const known = counts.get(`${time}${fill.side}`);
      if (known) known.count += 1;
      else counts.set(`${time}${fill.side}`, { time, buy: fill.side === 'buy', count: 1 });
    }
    const marks = [...counts.values()].map(({ time, buy, count }): SeriesMarker<UTCTimestamp> => ({
      time,
      position: buy ? 'belowBar' : 'aboveBar',
      shape: buy ? 'arrowUp' : 'arrowDown',
      color: buy ? this.#palette.up : this.#palette.down,
      ...(count > 1 ? { text: String(count) } : {}),
    }));
    this.#markers.setMarkers(marks.sort((a, b) => a.time - b.time));
  }

  retheme(): void {
    this.#palette = palette();
    this.#chart.applyOptions(chartOptions(this.#palette));
    this.#candles.applyOptions(this.#candleColours());
    this.#volume.applyOptions({ color: this.#palette.volume });
    this.marks(this.#fills);
  }

  destroy(): void {
    this.#chart.remove();
  }

  #redraw(): void {
    this.#candles.setData(this.#bars.map((bar) => this.#candle(bar)));
    this.#volume.setData(this.#bars.map((bar) => this.#column(bar)));
    this.marks(this.#fills);
  }

  /** Rising candles are hollow and falling ones filled: readable without telling colours apart. */
  #candleColours() {
    const p = this.#palette;
    return {
      upColor: p.panel,
      borderUpColor: p.up,
      wickUpColor: p.up,
      downColor: p.down,
      borderDownColor: p.down,
      wickDownColor: p.down,
      priceLineColor: p.accent,
    };
  }

  #candle(bar: Bar) {
    return {
      time: seconds(bar.open_time_ms),
      open: Number(bar.open),
      high: Number(bar.high),
      low: Number(bar.low),
      close: Number(bar.close),
    };
  }

  #column(bar: Bar) {
    return { time: seconds(bar.open_time_ms), value: Number(bar.volume) };
  }
}
