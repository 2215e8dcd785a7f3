import * as calls from '../api/calls';
import type { Overview } from '../api/types';
import { Coalescer, type Batch } from '../stream/batch';
import { StreamLink, type LinkState } from '../stream/socket';
import { accounts } from './accounts.svelte';
import { alerts } from './alerts.svelte';
import { clock } from './clock.svelte';
import { log } from './log.svelte';
import { market } from './market.svelte';
import { session } from './session.svelte';
import { toasts } from './toasts.svelte';

const TOPICS = ['quotes', 'bars', 'spreads', 'orders', 'fills', 'accounts', 'health'];
/** What only administrators are sent. */
const ADMIN_TOPICS = ['log', 'alerts'];
const REFETCH_AFTER_LAG_MS = 2_000;
const RETRY_LOAD_MS = 5_000;
const WAIT_FOR_STREAM_MS = 1_500;

/** The one connection to the server: snapshots by request, everything after by stream. */
class Live {
  state = $state<LinkState>('idle');
  attempt = $state(0);
  retryAtMs = $state(0);
  overview = $state.raw<Overview | null>(null);
  dropped = $state(0);
  /** Goes up after each refetch, so charts know to fetch their history again. */
  generation = $state(0);

  #link: StreamLink | null = null;
  #batches = new Coalescer((batch) => this.#apply(batch));
  #loadTimer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    this.stop();
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/stream`;
    const topics = session.isAdmin ? [...TOPICS, ...ADMIN_TOPICS] : TOPICS;
    this.#link = new StreamLink(url, () => session.token, topics, {
      frame: (frame) => this.#batches.push(frame),
      state: (state, attempt, retryAtMs) => Object.assign(this, { state, attempt, retryAtMs }),
      // Fetched after subscribing, so nothing falls between the snapshot and the stream.
      ready: () => void this.#load(),
      // A 401 here ends the session; any other failure is just another reason to retry.
      refused: () => void calls.me().catch(() => undefined),
    });
    this.#link.start();
    // A blocked stream must not leave the page empty.
    this.#loadLater(WAIT_FOR_STREAM_MS);
  }

  stop(): void {
    this.#link?.stop();
    this.#link = null;
    this.#batches.clear();
    this.#cancelLoad();
  }

  /** The next person must not see the last one's numbers. */
  clear(): void {
    this.stop();
    this.overview = null;
    this.dropped = 0;
    market.clear();
    accounts.clear();
    alerts.clear();
    log.clear();
  }

  async #load(): Promise<void> {
    const link = this.#link;
    this.#cancelLoad();
    const results = await Promise.allSettled([
      this.#loadOverview(),
      market.load(),
      accounts.load(),
      ...(session.isAdmin ? [alerts.load(), log.reload()] : []),
    ]);
    if (link !== this.#link) return;
    this.generation += 1;
    const failed = results.find((r) => r.status === 'rejected');
    if (!failed) return;
    toasts.error(failed.reason, 'Loading');
    this.#loadLater(RETRY_LOAD_MS);
  }

  #loadLater(ms: number): void {
    this.#loadTimer ??= setTimeout(() => void this.#load(), ms);
  }

  #cancelLoad(): void {
    clearTimeout(this.#loadTimer);
    this.#loadTimer = undefined;
  }

  async #loadOverview(): Promise<void> {
    this.#setOverview(await calls.overview());
  }

  #setOverview(next: Overview): void {
    this.overview = next;
    clock.follow(next.now_ms);
  }

  #apply(batch: Batch): void {
    if (batch.overview) this.#setOverview(batch.overview);
    market.apply(batch);
    accounts.apply(batch);
    alerts.apply(batch.alerts);
    log.apply(batch.log);
    if (batch.dropped > 0) this.#lagged(batch.dropped);
  }

  /** The server skipped frames for us: fetch the whole picture again, but not once per skip. */
  #lagged(dropped: number): void {
    this.dropped += dropped;
    this.#loadLater(REFETCH_AFTER_LAG_MS);
  }
}

export const live = new Live();
