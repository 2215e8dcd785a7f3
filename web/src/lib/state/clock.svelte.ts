/** One ticking second for every age, uptime and countdown on the page. */
class Clock {
  now = $state(Date.now());
  /** The browser's own time, for waits that are counted here. */
  local = $state(Date.now());
  #offsetMs = 0;

  constructor() {
    setInterval(() => {
      this.local = Date.now();
      this.now = this.local + this.#offsetMs;
    }, 1000);
  }

  /** Ages are measured on the server's clock, since its times are the ones shown. */
  follow(serverNowMs: number): void {
    const offset = serverNowMs - Date.now();
    if (Math.abs(offset - this.#offsetMs) > 250) this.#offsetMs = offset;
  }
}

export const clock = new Clock();
