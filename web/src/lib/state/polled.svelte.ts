import { fromUnknown } from '../api/problem';

/** One answer of the server that is asked for again and again while somebody looks. */
export class Polled<T> {
  value = $state.raw<T | null>(null);
  /** Why the last time failed; the value is then older than it looks. */
  problem = $state<string | null>(null);
  #asking = 0;
  /** What was asked before something was changed must not undo the change on the page. */
  #turn = 0;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly everyMs: number,
  ) {}

  /** Begins to ask; what it returns ends that. A hidden page asks for nothing. */
  watch = (): (() => void) => {
    const look = () => {
      if (!document.hidden && this.#asking === 0) void this.refresh();
    };
    void this.refresh();
    const timer = setInterval(look, this.everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  };

  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    this.#asking += 1;
    try {
      const value = await this.ask();
      if (turn !== this.#turn) return;
      this.value = value;
      this.problem = null;
    } catch (cause) {
      if (turn === this.#turn) this.problem = fromUnknown(cause).message;
    } finally {
      this.#asking -= 1;
    }
  }

  /** What a change was answered with. */
  put(value: T): void {
    this.#turn += 1;
    this.value = value;
  }
}
