import * as calls from '../api/calls';
import type { Account, Id, RungRequest } from '../api/types';
import { isStopped } from '../marks';
import type { Batch } from '../stream/batch';
import { Book } from './book.svelte';

const KEY = 'bellwether.account';

function remembered(): Id | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

class Accounts {
  items = $state.raw<Account[]>([]);
  loaded = $state(false);
  #chosen = $state<Id | null>(remembered());
  #books = new Map<Id, Book>();

  selected = $derived(this.items.find((a) => a.id === this.#chosen) ?? this.items[0] ?? null);
  halted = $derived(this.items.filter((a) => a.halted));
  stopped = $derived(this.items.filter(isStopped));
  steppedDown = $derived(this.items.filter((a) => a.rung !== 'normal'));

  choose(id: Id): void {
    this.#chosen = id;
    try {
      localStorage.setItem(KEY, id);
    } catch {
      // Forgotten on reload, nothing worse.
    }
  }

  name(id: Id): string {
    return this.items.find((a) => a.id === id)?.name ?? id;
  }

  /** Made before an account is listed, never while drawing (see `Market.cell`). */
  book(id: Id): Book {
    let book = this.#books.get(id);
    if (!book) this.#books.set(id, (book = new Book(id)));
    return book;
  }

  async load(): Promise<void> {
    const { items } = await calls.accounts();
    const books = items.map((account) => this.book(account.id));
    this.items = items;
    this.loaded = true;
    await Promise.all(books.map((book) => book.load()));
  }

  async halt(ids: Id[], reason: string): Promise<void> {
    await this.#each(ids, (id) => calls.halt(id, reason));
  }

  async resume(ids: Id[]): Promise<void> {
    await this.#each(ids, (id) => calls.resume(id));
  }

  async pinRung(id: Id, request: RungRequest): Promise<void> {
    await this.#each([id], () => calls.pinRung(id, request));
  }

  async unpinRung(id: Id): Promise<void> {
    await this.#each([id], () => calls.unpinRung(id));
  }

  apply(batch: Batch): void {
    if (batch.accounts.size > 0) {
      for (const [id, { portfolio }] of batch.accounts) {
        const book = this.book(id);
        if (portfolio) book.setPortfolio(portfolio);
      }
      const known = new Set(this.items.map((a) => a.id));
      const next = this.items.map((a) => batch.accounts.get(a.id)?.account ?? a);
      for (const [id, { account }] of batch.accounts) if (!known.has(id)) next.push(account);
      this.items = next;
    }
    for (const [id, orders] of grouped(batch.orders.values(), (o) => o.account)) {
      this.book(id).mergeOrders(orders.map((o) => o.order));
    }
    for (const [id, fills] of grouped(batch.fills, (f) => f.account)) {
      this.book(id).mergeFills(fills.map((f) => f.fill));
    }
  }

  clear(): void {
    this.items = [];
    this.loaded = false;
    this.#books.clear();
  }

  /** Every account is tried even when one fails: a halt must reach all it can. */
  async #each(ids: Id[], act: (id: Id) => Promise<Account>): Promise<void> {
    const results = await Promise.allSettled(ids.map(act));
    for (const result of results) {
      if (result.status !== 'fulfilled') continue;
      const account = result.value;
      this.items = this.items.map((a) => (a.id === account.id ? account : a));
    }
    const failed = results.find((r) => r.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

function grouped<T>(items: Iterable<T>, key: (item: T) => Id): Map<Id, T[]> {
  const groups = new Map<Id, T[]>();
  for (const item of items) {
    const id = key(item);
    const group = groups.get(id);
    if (group) group.push(item);
    else groups.set(id, [item]);
  }
  return groups;
}

export const accounts = new Accounts();
