import { ApiError, fromUnknown } from '../api/problem';

export interface Toast {
  id: number;
  kind: 'error' | 'info';
  text: string;
  note: string | null;
}

const MOST = 4;
const LIFE_MS = { error: 12_000, info: 5_000 };

class Toasts {
  items = $state<Toast[]>([]);
  #last = 0;

  info(text: string): void {
    this.#add('info', text, null);
  }

  /** A 401 is told on the sign-in page, so it needs no toast. */
  error(cause: unknown, doing = ''): void {
    const problem: ApiError = fromUnknown(cause);
    if (problem.status === 401) return;
    const fields = problem.fields.map((f) => `${f.field}: ${f.message}`).join('; ');
    const text = [doing ? `${doing}: ${problem.message}` : problem.message, fields].filter(Boolean).join(' ');
    this.#add('error', text, problem.correlationId);
  }

  /** Something outside went wrong that a person should look at. */
  warn(text: string): void {
    this.#add('error', text, null);
  }

  close(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }

  #add(kind: Toast['kind'], text: string, note: string | null): void {
    // A failing poll must not pile up copies of one message.
    if (this.items.some((toast) => toast.text === text)) return;
    const id = ++this.#last;
    this.items = [...this.items.slice(1 - MOST), { id, kind, text, note }];
    setTimeout(() => this.close(id), LIFE_MS[kind]);
  }
}

export const toasts = new Toasts();
