import * as calls from '../api/calls';
import type { LogLine } from '../api/types';

export interface ShownLine {
  id: number;
  line: LogLine;
  /** Everything that can be searched, in small letters. */
  text: string;
}

export const MOST_LINES = 2_000;
const FIRST_LINES = 500;

const same = (line: LogLine) => `${line.at_ms} ${line.target} ${line.message} ${JSON.stringify(line.fields)}`;

/** The last lines of the program's log, oldest first, never more than the page can hold. */
class Log {
  lines = $state.raw<ShownLine[]>([]);
  loaded = $state(false);
  /** Lines that no file of the server took. */
  dropped = $state(0);
  #last = 0;
  #wanted = false;

  /** Asked for when somebody first looks; the stream goes on from there. */
  async load(): Promise<void> {
    this.#wanted = true;
    const before = this.#last;
    const answer = await calls.log(FIRST_LINES);
    const told = new Set(answer.lines.map(same));
    const fresh = this.lines.filter(({ id, line }) => id > before && !told.has(same(line)));
    this.lines = [...answer.lines.map((line) => this.#shown(line)), ...fresh.map(({ line }) => this.#shown(line))];
    this.dropped = answer.dropped;
    this.loaded = true;
  }

  /** After the stream was away, lines are missing. */
  async reload(): Promise<void> {
    if (this.#wanted) await this.load();
  }

  apply(lines: LogLine[]): void {
    if (lines.length === 0 || !this.#wanted) return;
    this.lines = [...this.lines, ...lines.map((line) => this.#shown(line))].slice(-MOST_LINES);
  }

  clear(): void {
    this.lines = [];
    this.loaded = false;
    this.dropped = 0;
    this.#wanted = false;
  }

  #shown(line: LogLine): ShownLine {
    const fields = Object.entries(line.fields).map(([key, value]) => `${key}=${value}`);
    const text = `${line.level} ${line.target} ${line.message} ${fields.join(' ')}`.toLowerCase();
    return { id: ++this.#last, line, text };
  }
}

export const log = new Log();
