import * as calls from '../api/calls';
import type { AlertBoard, AlertChange, AlertView } from '../api/types';
import { labelled, words } from '../format';
import { toasts } from './toasts.svelte';

const REFETCH_AFTER_CHANGE_MS = 300;

/** The rules that warn of something, for administrators: the board by request, changes by stream. */
class Alerts {
  board = $state.raw<AlertBoard | null>(null);
  firing = $derived((this.board?.alerts ?? []).filter((a) => a.state === 'firing' && a.silenced_until_ms === null));
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async load(): Promise<void> {
    const turn = ++this.#turn;
    const board = await calls.alerts();
    // What was asked before a silence began or ended would undo it on the page.
    if (turn === this.#turn) this.board = board;
  }

  apply(changes: AlertChange[]): void {
    if (changes.length === 0) return;
    for (const change of changes) this.#tell(change);
    // A change names one series; how the whole rule stands is asked for.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load().catch(() => undefined);
    }, REFETCH_AFTER_CHANGE_MS);
  }

  async silence(name: string, minutes: number, reason: string): Promise<void> {
    this.#replace(await calls.silence(name, minutes, reason));
  }

  async unsilence(name: string): Promise<void> {
    this.#replace(await calls.unsilence(name));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#turn += 1;
    this.board = null;
  }

  #tell(change: AlertChange): void {
    const rule = this.board?.alerts.find((a) => a.name === change.name);
    if (rule && rule.silenced_until_ms !== null) return;
    const labels = labelled(change.labels);
    const what = `${words(change.name)}${labels ? ` (${labels})` : ''}`;
    if (change.firing) toasts.warn(`Alert: ${what}. ${rule?.about ?? ''}`.trim());
    else toasts.info(`Over: ${what}.`);
  }

  #replace(alert: AlertView): void {
    this.#turn += 1;
    if (!this.board) return;
    const alerts = this.board.alerts.map((a) => (a.name === alert.name ? alert : a));
    this.board = { ...this.board, alerts };
  }
}

export const alerts = new Alerts();
