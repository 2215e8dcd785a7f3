import { ColorType, CrosshairMode, type ChartOptions, type DeepPartial } from 'lightweight-charts';

const read = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export interface Palette {
  panel: string;
  text: string;
  muted: string;
  line: string;
  grid: string;
  up: string;
  down: string;
  accent: string;
  volume: string;
}

/** Canvas cannot read custom properties, so they are read once per theme. */
export function palette(): Palette {
  return {
    panel: read('--panel'),
    text: read('--text'),
    muted: read('--muted'),
    line: read('--line'),
    grid: read('--grid'),
    up: read('--up'),
    down: read('--down'),
    accent: read('--accent'),
    volume: read('--volume'),
  };
}

export function chartOptions(p: Palette): DeepPartial<ChartOptions> {
  return {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: p.panel },
      textColor: p.muted,
      fontSize: 11,
      fontFamily: read('--mono'),
      // The library's licence asks for this mark.
      attributionLogo: true,
    },
    grid: { vertLines: { color: p.grid }, horzLines: { color: p.grid } },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderColor: p.line, minimumWidth: 76 },
    timeScale: { borderColor: p.line, timeVisible: true, secondsVisible: true, rightOffset: 4 },
  };
}
