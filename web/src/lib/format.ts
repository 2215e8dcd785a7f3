import { parse, places, print, round, sign } from './decimal';

export const NONE = '–';
const MINUS = '\u2212';

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Grouped digits with a fixed number of places, so columns line up. */
export function fixed(text: string | null | undefined, digits: number): string {
  const value = text == null ? null : parse(text);
  if (!value) return text ? text : NONE;
  const shown = print(round(value, digits));
  const negative = shown.startsWith('-');
  const [whole = '', fraction] = (negative ? shown.slice(1) : shown).split('.');
  return `${negative ? MINUS : ''}${grouped(whole)}${fraction ? `.${fraction}` : ''}`;
}

export function signed(text: string | null | undefined, digits: number): string {
  const shown = fixed(text, digits);
  return sign(text) > 0 ? `+${shown}` : shown;
}

/** Gain and loss carry an arrow as well as a colour. */
export function arrow(text: string | null | undefined): string {
  const s = sign(text);
  return s > 0 ? '▲' : s < 0 ? '▼' : '';
}

export function tone(text: string | null | undefined): 'up' | 'down' | '' {
  const s = sign(text);
  return s > 0 ? 'up' : s < 0 ? 'down' : '';
}

export const money = (text: string | null | undefined) => fixed(text, 2);
export const profit = (text: string | null | undefined) => signed(text, 2);
export const basisPoints = (text: string | null | undefined) => signed(text, 2);

/** As many places as the instrument's tick or step has; without one, as many as the text has, up to eight. */
export function stepped(text: string | null | undefined, step: string | undefined): string {
  if (text == null) return NONE;
  const digits = step ? places(step) : Math.min(8, places(text));
  return fixed(text, digits);
}

export function count(value: number): string {
  return Number.isFinite(value) ? grouped(String(Math.round(value))) : NONE;
}

const two = (n: number) => String(n).padStart(2, '0');

/** All times are shown in UTC, the time of the venues and of the logs. */
export function clock(ms: number): string {
  const d = new Date(ms);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

export function stamp(ms: number): string {
  const d = new Date(ms);
  return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${clock(ms)}`;
}

export function age(ms: number): string {
  if (!Number.isFinite(ms)) return NONE;
  const v = Math.max(0, ms);
  if (v < 1000) return `${Math.round(v)} ms`;
  if (v < 60_000) return `${(v / 1000).toFixed(1)} s`;
  if (v < 3_600_000) return `${Math.floor(v / 60_000)} min`;
  return `${Math.floor(v / 3_600_000)} h`;
}

/** Two ages in little room: the unit is said once when it is the same. */
export function ages(a: number, b: number): string {
  return a < 1000 && b < 1000 ? `${Math.round(a)} / ${age(b)}` : `${age(a)} / ${age(b)}`;
}

/** How long ago, at the resolution of the page's one-second clock. */
export function since(ms: number): string {
  return ms < 1000 ? '< 1 s' : age(Math.floor(ms / 1000) * 1000).replace('.0 s', ' s');
}

export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(s / 86_400);
  const rest = `${two(Math.floor((s % 86_400) / 3600))}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return days > 0 ? `${days} d ${rest.slice(0, 5)}` : rest;
}

export function wait(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

const WORDS: Record<string, string> = {
  linear_perpetual: 'perpetual',
  inverse_perpetual: 'inverse perp.',
  fx: 'FX',
  partially_filled: 'part filled',
};

export function words(code: string): string {
  return WORDS[code] ?? code.replaceAll('_', ' ');
}

/** Labels of a series in one line. */
export function labelled(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${words(key)} ${value}`)
    .join(', ');
}

/** A share of 1 in percent; never rounded up to all of it. */
export function percent(share: number): string {
  const tenths = Math.floor(share * 1000) / 10;
  return `${tenths === 100 || tenths === 0 ? tenths : tenths.toFixed(1)} %`;
}

/** A measured time that may be far below a millisecond. */
export function milliseconds(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return age(ms);
}

/** A number that may be whole or not, as it is. */
export function plain(value: number | null): string {
  return value === null ? NONE : String(Math.round(value * 1000) / 1000);
}
