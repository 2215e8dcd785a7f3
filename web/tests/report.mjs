/** One line per check; a failed check does not stop the ones after it. */
export class Report {
  passed = 0;
  failed = 0;
  prefix = '';

  async check(name, act) {
    const started = Date.now();
    try {
      await act();
      this.passed += 1;
      console.log(`ok    ${this.prefix}${name} (${Date.now() - started} ms)`);
    } catch (error) {
      this.failed += 1;
      const [first, ...rest] = String(error?.message ?? error).split('\n');
      console.log(`FAIL  ${this.prefix}${name}: ${first}`);
      for (const line of rest.slice(0, 6)) console.log(`        ${line}`);
      await this.onFailure?.(name);
    }
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0;
  }
}

export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

/** Asks again until the answer is truthy, and says what was seen last when it never is. */
export async function until(what, ask, ms = 15_000) {
  const end = Date.now() + ms;
  let last;
  do {
    last = await ask();
    if (last) return last;
    await new Promise((resolve) => setTimeout(resolve, 150));
  } while (Date.now() < end);
  throw new Error(`${what}: not within ${ms / 1000} s`);
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
