import type {
  Account,
  AlertChange,
  Bar,
  Fill,
  Frame,
  Id,
  LogLine,
  Order,
  Overview,
  PairSpread,
  Portfolio,
  Quote,
  RegimeChange,
  Spread,
} from '../api/types';

export type LiveBar = Bar & { closed: boolean };

export interface Batch {
  quotes: Map<number, Quote>;
  bars: Map<string, LiveBar>;
  spreads: Map<string, Spread>;
  /** By the two instruments. */
  pairs: Map<string, PairSpread>;
  regimes: RegimeChange[];
  /** By account and id: ids are counted within an account. */
  orders: Map<string, { account: Id; order: Order }>;
  fills: { account: Id; fill: Fill }[];
  accounts: Map<Id, { account: Account; portfolio: Portfolio | null }>;
  overview: Overview | null;
  log: LogLine[];
  alerts: AlertChange[];
  dropped: number;
}

const empty = (): Batch => ({
  quotes: new Map(),
  bars: new Map(),
  spreads: new Map(),
  pairs: new Map(),
  regimes: [],
  orders: new Map(),
  fills: [],
  accounts: new Map(),
  overview: null,
  log: [],
  alerts: [],
  dropped: 0,
});

export const pairKey = (s: Spread) => `${s.asset}:${s.buy_instrument_id}:${s.sell_instrument_id}`;

// Nobody reads digits that change more than about twelve times a second.
const SHORTEST_GAP_MS = 80;
// A hidden tab gets no animation frames, yet halts and fills must still arrive.
const LONGEST_GAP_MS = 1_000;
const MOST_FILLS = 500;
const MOST_REGIMES = 100;
const MOST_LINES = 2_000;
const MOST_ALERTS = 100;

/**
 * Gathers frames and hands them on at most once per animation frame. Later frames replace
 * earlier ones of the same thing, so the work per flush does not grow with the message rate.
 */
export class Coalescer {
  #batch = empty();
  #planned = false;
  #lastMs = 0;
  #frame = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #fallback: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly apply: (batch: Batch) => void) {}

  push(frame: Frame): void {
    const batch = this.#batch;
    switch (frame.type) {
      case 'quote':
        batch.quotes.set(frame.instrument_id, frame);
        break;
      case 'bar':
        batch.bars.set(`${frame.instrument_id}:${frame.rule}:${frame.open_time_ms}:${frame.number}`, frame);
        break;
      case 'spread':
        batch.spreads.set(pairKey(frame), frame);
        break;
      case 'pair':
        batch.pairs.set(`${frame.first_instrument_id}:${frame.second_instrument_id}`, frame);
        break;
      case 'regime':
        batch.regimes.push(frame);
        if (batch.regimes.length > MOST_REGIMES) batch.regimes.shift();
        break;
      case 'order':
        batch.orders.set(`${frame.account_id}:${frame.id}`, { account: frame.account_id, order: frame });
        break;
      case 'fill':
        batch.fills.push({ account: frame.account_id, fill: frame });
        if (batch.fills.length > MOST_FILLS) batch.fills.shift();
        break;
      case 'account':
        batch.accounts.set(frame.id, { account: frame, portfolio: frame.portfolio ?? null });
        break;
      case 'health':
        batch.overview = frame;
        break;
      case 'log':
        batch.log.push(frame);
        if (batch.log.length > MOST_LINES) batch.log.shift();
        break;
      case 'alert':
        batch.alerts.push(frame);
        if (batch.alerts.length > MOST_ALERTS) batch.alerts.shift();
        break;
      case 'lagged':
        batch.dropped += frame.dropped;
        break;
      default:
        // A newer server may send kinds this page does not know.
        return;
    }
    this.#plan();
  }

  clear(): void {
    this.#cancel();
    this.#batch = empty();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    const gap = Math.max(0, SHORTEST_GAP_MS - (performance.now() - this.#lastMs));
    this.#pause = setTimeout(() => (this.#frame = requestAnimationFrame(() => this.#flush())), gap);
    this.#fallback = setTimeout(() => this.#flush(), LONGEST_GAP_MS);
  }

  #cancel(): void {
    clearTimeout(this.#pause);
    clearTimeout(this.#fallback);
    cancelAnimationFrame(this.#frame);
    this.#planned = false;
  }

  #flush(): void {
    this.#cancel();
    this.#lastMs = performance.now();
    const batch = this.#batch;
    this.#batch = empty();
    this.apply(batch);
  }
}
