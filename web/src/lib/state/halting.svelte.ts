import type { Id } from '../api/types';

/** Which halt or resume dialog is open; buttons on several pages lead to the same two dialogs. */
class Halting {
  /** The account the halt starts from; `'all'` for the header's button. */
  halt = $state<Id | 'all' | null>(null);
  resume = $state.raw<Id[] | null>(null);
}

export const halting = new Halting();
