/**
 * Exact decimal text arithmetic. Prices and money arrive as strings and must not pass
 * through binary floating point before they are shown or compared.
 */
export interface Decimal {
  /** The number is `units / 10^scale`. */
  units: bigint;
  scale: number;
}

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?$/;

export function parse(text: string): Decimal | null {
  const match = PATTERN.exec(text.trim());
  if (!match) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return null;
  const units = BigInt(`${whole}${fraction}`);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
}

function at(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [at(a, scale), at(b, scale), scale];
}

export function compare(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  if (!left || !right) return 0;
  const [x, y] = aligned(left, right);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function sign(text: string | null | undefined): -1 | 0 | 1 {
  const value = text == null ? null : parse(text);
  if (!value || value.units === 0n) return 0;
  return value.units < 0n ? -1 : 1;
}

export function isMultiple(text: string, step: string): boolean {
  const value = parse(text);
  const unit = parse(step);
  if (!value || !unit || unit.units === 0n) return true;
  const [x, y] = aligned(value, unit);
  return x % y === 0n;
}

export function add(a: string, b: string): string {
  const left = parse(a);
  const right = parse(b);
  if (!left || !right) return a;
  const [x, y, scale] = aligned(left, right);
  return print({ units: x + y, scale });
}

export function multiply(a: string, b: string): string | null {
  const left = parse(a);
  const right = parse(b);
  if (!left || !right) return null;
  return print({ units: left.units * right.units, scale: left.scale + right.scale });
}

/** Rounds half away from zero, the way amounts are read. */
export function round(value: Decimal, places: number): Decimal {
  if (value.scale <= places) return { units: at(value, places), scale: places };
  const divisor = 10n ** BigInt(value.scale - places);
  const negative = value.units < 0n;
  const size = negative ? -value.units : value.units;
  const rounded = (size + divisor / 2n) / divisor;
  return { units: negative ? -rounded : rounded, scale: places };
}

export function print(value: Decimal): string {
  const negative = value.units < 0n;
  const digits = (negative ? -value.units : value.units).toString().padStart(value.scale + 1, '0');
  const cut = digits.length - value.scale;
  const text = value.scale === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return negative ? `-${text}` : text;
}

/** Digits after the point once trailing zeros are gone: the places a tick or step asks for. */
export function places(step: string): number {
  const fraction = step.split('.')[1] ?? '';
  return fraction.replace(/0+$/, '').length;
}
