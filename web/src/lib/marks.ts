import type { Account, AlertState, AlertView, BreakerState, LogLevel, Rung, Status } from './api/types';

export type Tone = 'good' | 'warn' | 'bad' | '';

/** A shape and a word for every state, so colour never speaks alone. */
export interface Mark {
  tone: Tone;
  sign: string;
  text: string;
}

export const STATUS: Record<Status, Mark> = {
  healthy: { tone: 'good', sign: '✓', text: 'healthy' },
  degraded: { tone: 'warn', sign: '!', text: 'degraded' },
  unhealthy: { tone: 'bad', sign: '✕', text: 'unhealthy' },
};

export const BREAKER: Record<BreakerState, Mark> = {
  closed: { tone: 'good', sign: '●', text: 'closed' },
  half_open: { tone: 'warn', sign: '◐', text: 'half-open' },
  open: { tone: 'bad', sign: '○', text: 'open' },
};

export const ALERT: Record<AlertState, Mark> = {
  ok: { tone: 'good', sign: '✓', text: 'ok' },
  pending: { tone: 'warn', sign: '◌', text: 'pending' },
  firing: { tone: 'bad', sign: '▲', text: 'firing' },
};

export const SEVERITY: Record<AlertView['severity'], Mark> = {
  critical: { tone: 'bad', sign: '■', text: 'critical' },
  warning: { tone: 'warn', sign: '!', text: 'warning' },
  info: { tone: '', sign: 'i', text: 'info' },
};

export const LEVEL: Record<LogLevel, { tone: Tone; rank: number }> = {
  error: { tone: 'bad', rank: 0 },
  warn: { tone: 'warn', rank: 1 },
  info: { tone: 'good', rank: 2 },
  debug: { tone: '', rank: 3 },
  trace: { tone: '', rank: 4 },
};

/** The ladder from nothing to everything, in the words people are told. */
export const RUNGS: { key: Rung; name: string; about: string; tone: Tone }[] = [
  { key: 'normal', name: 'normal', about: 'Trades as usual, within its limits.', tone: 'good' },
  { key: 'no_new_risk', name: 'no new risk', about: 'No order that makes a position larger.', tone: 'warn' },
  {
    key: 'reduce_only',
    name: 'reduce only',
    about: 'No order that makes a position larger; working ones that could are cancelled.',
    tone: 'warn',
  },
  { key: 'cancel_all', name: 'cancel all', about: 'Everything that works is cancelled; no new orders.', tone: 'bad' },
  { key: 'flatten', name: 'flatten', about: 'Everything that works is cancelled and every position is closed; no new orders.', tone: 'bad' },
];

/** Whether nothing leaves an account: after a loss what only reduces a position still does. */
export const isStopped = (account: Account) => account.halted && !account.halt_admits_reducing;

export function tradingOf(account: Account): Mark {
  if (!account.halted) return { tone: 'good', sign: '▶', text: 'trading' };
  if (isStopped(account)) return { tone: 'bad', sign: '■', text: 'halted' };
  return { tone: 'bad', sign: '◧', text: 'halted, may reduce' };
}

/** Why an account stands where it stands. Nothing demands a rung without a cause: health lets it up step by step. */
export const causeOf = (account: Account) => account.rung_cause || 'going back up, one rung at a time';

export const rungOf = (key: Rung) =>
  RUNGS.find((rung) => rung.key === key) ?? { key, name: key, about: '', tone: '' as Tone };
