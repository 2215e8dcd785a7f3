import * as calls from '../api/calls';
import type { Instrument, PairSpread, Quote, RegimeChange, Spread } from '../api/types';
import { compare, sign } from '../decimal';
import { pairKey, type Batch, type LiveBar } from '../stream/batch';

/** One instrument's quote: a row reads only its own cell, so a tick redraws one row. */
export class QuoteCell {
  quote = $state.raw<Quote | null>(null);
  bidMove = $state(0);
  askMove = $state(0);

  /** A side of quantity zero is empty and has no price. */
  bid = $derived(this.quote && sign(this.quote.bid_quantity) !== 0 ? this.quote.bid : null);
  ask = $derived(this.quote && sign(this.quote.ask_quantity) !== 0 ? this.quote.ask : null);

  /** The move counts up by its sign, so that two rises in a row still flash twice. */
  apply(next: Quote): void {
    const last = this.quote;
    if (last && next.time_ms < last.time_ms) return;
    if (last) {
      this.bidMove = moved(this.bidMove, last.bid, next.bid);
      this.askMove = moved(this.askMove, last.ask, next.ask);
    }
    this.quote = next;
  }
}

function moved(state: number, before: string, after: string): number {
  if (before === after) return state;
  const way = compare(after, before);
  return way === 0 ? state : way * (Math.abs(state) + 1);
}

export class SpreadCell {
  spread: Spread;

  constructor(
    readonly key: string,
    first: Spread,
  ) {
    this.spread = $state.raw(first);
  }
}

const relatedKey = (one: PairSpread) => `${one.first_instrument_id}:${one.second_instrument_id}`;

type BarListener = (bars: LiveBar[]) => void;

const MOST_PAIRS = 400;
const MOST_SIGNALS = 100;
const NOTHING = new QuoteCell();

class Market {
  instruments = $state.raw<Instrument[]>([]);
  loaded = $state(false);
  pairs = $state.raw<SpreadCell[]>([]);
  /** The latest word on each pair of instruments that move together, by both ids. */
  related = $state.raw<PairSpread[]>([]);
  /** Newest first. */
  regimes = $state.raw<RegimeChange[]>([]);

  #byId = $derived(new Map(this.instruments.map((i) => [i.id, i])));
  #cells = new Map<number, QuoteCell>();
  #pairIndex = new Map<string, SpreadCell>();
  #listeners = new Set<BarListener>();

  /** Instruments of one asset stand together: that is how they are compared. */
  assets = $derived.by(() => {
    const groups = new Map<string, Instrument[]>();
    for (const one of this.instruments) groups.set(one.base, [...(groups.get(one.base) ?? []), one]);
    return [...groups.entries()]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([asset, items]) => ({
        asset,
        items: items.sort((a, b) => a.venue.localeCompare(b.venue) || a.symbol.localeCompare(b.symbol)),
      }));
  });

  /** Shown until one is chosen: the asset with the most venues has the most to compare. */
  first = $derived.by(() => {
    const widest = this.assets.reduce<Instrument[]>((most, g) => (g.items.length > most.length ? g.items : most), []);
    return widest[0] ?? null;
  });

  instrument(id: number | null): Instrument | undefined {
    return id === null ? undefined : this.#byId.get(id);
  }

  /** The venue, and the kind where it is not plain spot: one venue can be on both sides of a spread. */
  place(id: number): string {
    const one = this.#byId.get(id);
    if (!one) return `#${id}`;
    return one.kind.endsWith('_perpetual') ? `${one.venue} perp` : one.venue;
  }

  /**
   * Cells are made only while loading and applying, never while drawing: state that is
   * created inside a reaction does not wake that reaction.
   */
  cell(id: number | null | undefined): QuoteCell {
    return (id == null ? undefined : this.#cells.get(id)) ?? NOTHING;
  }

  #ownCell(id: number): QuoteCell {
    let cell = this.#cells.get(id);
    if (!cell) this.#cells.set(id, (cell = new QuoteCell()));
    return cell;
  }

  async load(): Promise<void> {
    const [instruments, quotes, spreads, related, regimes] = await Promise.all([
      calls.instruments(),
      calls.quotes(),
      calls.spreads(200),
      calls.pairs(MOST_SIGNALS),
      calls.regimes(MOST_SIGNALS),
    ]);
    for (const one of instruments.items) this.#ownCell(one.id);
    for (const quote of quotes.items) this.#ownCell(quote.instrument_id).apply(quote);
    this.instruments = instruments.items;
    this.#addSpreads(spreads.items);
    this.related = [];
    this.#addRelated(related.items.reverse());
    this.regimes = regimes.items;
    this.loaded = true;
  }

  apply(batch: Batch): void {
    for (const quote of batch.quotes.values()) this.#ownCell(quote.instrument_id).apply(quote);
    if (batch.spreads.size > 0) this.#addSpreads(batch.spreads.values());
    if (batch.pairs.size > 0) this.#addRelated(batch.pairs.values());
    if (batch.regimes.length > 0) {
      this.regimes = [...batch.regimes.reverse(), ...this.regimes].slice(0, MOST_SIGNALS);
    }
    if (batch.bars.size > 0) {
      const bars = [...batch.bars.values()];
      for (const listener of this.#listeners) listener(bars);
    }
  }

  /** Charts draw outside the component tree, so they listen instead of reading state. */
  onBars(listener: BarListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clear(): void {
    this.instruments = [];
    this.pairs = [];
    this.related = [];
    this.regimes = [];
    this.loaded = false;
    this.#cells.clear();
    this.#pairIndex.clear();
  }

  #addRelated(spreads: Iterable<PairSpread>): void {
    const latest = new Map(this.related.map((one) => [relatedKey(one), one]));
    for (const one of spreads) latest.set(relatedKey(one), one);
    this.related = [...latest.values()].slice(0, MOST_SIGNALS);
  }

  #addSpreads(spreads: Iterable<Spread>): void {
    let grown = false;
    for (const spread of spreads) {
      const key = pairKey(spread);
      const known = this.#pairIndex.get(key);
      if (!known) {
        if (this.#pairIndex.size >= MOST_PAIRS) continue;
        this.#pairIndex.set(key, new SpreadCell(key, spread));
        grown = true;
      } else if (spread.time_ms >= known.spread.time_ms) {
        known.spread = spread;
      }
    }
    // A stable order keeps rows from jumping under the reader's eye.
    if (grown) this.pairs = [...this.#pairIndex.values()].sort((a, b) => a.key.localeCompare(b.key));
  }
}

export const market = new Market();
