import type { Id } from '../api/types';

/** Which of the dialogs that stop or step down trading is open; buttons on several pages lead to the same ones. */
class Halting {
  /** The account the halt starts from; `'all'` for the header's button. */
  halt = $state<Id | 'all' | null>(null);
  resume = $state.raw<Id[] | null>(null);
  /** The account whose rung is to be held or lifted. */
  rung = $state<Id | null>(null);
}

export const halting = new Halting();
