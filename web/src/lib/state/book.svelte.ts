import * as calls from '../api/calls';
import type { EquityPoint, Fill, Id, Order, Portfolio } from '../api/types';

const OPEN = new Set(['pending', 'working', 'partially_filled', 'unknown']);
const MOST_ORDERS = 600;
const MOST_FILLS = 600;
const MOST_POINTS = 5_000;
const PAGE = 100;

export const isOpen = (order: Order) => OPEN.has(order.status);

/** Ids are counting numbers as text, too long for a float. */
const byId = (a: Id, b: Id) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** One account's orders, fills, portfolio and equity, kept current by the stream. */
export class Book {
  portfolio = $state.raw<Portfolio | null>(null);
  orders = $state.raw<Order[]>([]);
  fills = $state.raw<Fill[]>([]);
  equity = $state.raw<EquityPoint[]>([]);
  loaded = $state(false);
  olderOrders = $state<string | null>(null);
  olderFills = $state<string | null>(null);


  constructor(readonly account: Id) {}

  get open(): Order[] {
    return this.orders.filter(isOpen);
  }

  get closed(): Order[] {
    return this.orders.filter((order) => !isOpen(order));
  }

  async load(): Promise<void> {
    const before = new Map(this.orders.map((o) => [o.id, o]));
    const [portfolio, open, closed, fills, equity] = await Promise.all([
      calls.portfolio(this.account),
      calls.orders(this.account, 'open', 500),
      calls.orders(this.account, 'closed', PAGE),
      calls.fills(this.account, PAGE),
      calls.equity(this.account, 1000),
    ]);
    const seen = new Set([...open.items, ...closed.items].map((o) => o.id));
    // An order that was open before a gap and is in neither list now closed long ago: what we hold is stale.
    const kept = this.orders.filter((o) => seen.has(o.id) || !isOpen(o) || before.get(o.id) !== o);
    this.orders = kept;
    this.mergeOrders([...open.items, ...closed.items]);
    this.mergeFills(fills.items);
    this.setPortfolio(portfolio);
    this.mergeEquity(equity.items);
    this.olderOrders = closed.next_cursor ?? null;
    this.olderFills = fills.next_cursor ?? null;
    this.loaded = true;
  }

  async loadOlderOrders(): Promise<void> {
    if (!this.olderOrders) return;
    const page = await calls.orders(this.account, 'closed', PAGE, this.olderOrders);
    this.mergeOrders(page.items);
    this.olderOrders = this.orders.length >= MOST_ORDERS ? null : (page.next_cursor ?? null);
  }

  async loadOlderFills(): Promise<void> {
    if (!this.olderFills) return;
    const page = await calls.fills(this.account, PAGE, this.olderFills);
    this.mergeFills(page.items);
    this.olderFills = this.fills.length >= MOST_FILLS ? null : (page.next_cursor ?? null);
  }

  /** Without a price for every position there is no equity, and so no point on the curve. */
  setPortfolio(next: Portfolio): void {
    if (this.portfolio && next.time_ms < this.portfolio.time_ms) return;
    this.portfolio = next;
    if (next.equity != null) this.#point({ time_ms: next.time_ms, equity: next.equity });
  }

  mergeOrders(items: Iterable<Order>): void {
    const known = new Map(this.orders.map((order) => [order.id, order]));
    for (const order of items) {
      const held = known.get(order.id);
      if (!held || order.updated_ms >= held.updated_ms) known.set(order.id, order);
    }
    const sorted = [...known.values()].sort((a, b) => b.created_ms - a.created_ms || byId(b.id, a.id));
    // Open orders are never the ones to be dropped.
    const room = MOST_ORDERS - sorted.filter(isOpen).length;
    let closed = 0;
    this.orders = sorted.filter((order) => isOpen(order) || ++closed <= room);
  }

  mergeFills(items: Iterable<Fill>): void {
    const known = new Map(this.fills.map((fill) => [fill.id, fill]));
    for (const fill of items) known.set(fill.id, fill);
    this.fills = [...known.values()]
      .sort((a, b) => b.time_ms - a.time_ms || byId(b.id, a.id))
      .slice(0, MOST_FILLS);
  }

  mergeEquity(items: EquityPoint[]): void {
    const last = items.at(-1)?.time_ms ?? 0;
    this.equity = [...items, ...this.equity.filter((p) => p.time_ms > last)].slice(-MOST_POINTS);
  }

  #point(point: EquityPoint): void {
    const last = this.equity.at(-1);
    if (last && point.time_ms <= last.time_ms) return;
    this.equity = [...this.equity, point].slice(-MOST_POINTS);
  }
}
