import type { Frame } from '../api/types';

export type LinkState = 'idle' | 'connecting' | 'live' | 'waiting';

export interface LinkEvents {
  frame: (frame: Frame) => void;
  state: (state: LinkState, attempt: number, retryAtMs: number) => void;
  /** Subscribed: whatever was missed must now be fetched. */
  ready: () => void;
  /** Closed before the token was accepted, or because it ran out; the caller checks whether the session still stands. */
  refused: () => void;
}

/** The server's close code for a token that is wrong or has run out. */
const TOKEN_REFUSED = 4401;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const HANDSHAKE_MS = 8_000;
const QUIET_MS = 15_000;

/** Doubles up to the longest delay; the random half keeps many browsers from returning at once. */
export function backOff(attempt: number, random = Math.random()): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (ceiling / 2) * random;
}

export class StreamLink {
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #attempt = 0;
  #accepted = false;
  #lastFrameMs = 0;
  #stopped = false;

  constructor(
    private readonly url: string,
    private readonly token: () => string | null,
    private readonly topics: string[],
    private readonly events: LinkEvents,
  ) {}

  start(): void {
    addEventListener('online', this.#hurry);
    this.#watch = setInterval(() => void this.#probe(), 5_000);
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener('online', this.#hurry);
    clearInterval(this.#watch);
    clearTimeout(this.#timer);
    this.#drop();
    this.events.state('idle', 0, 0);
  }

  #hurry = (): void => {
    if (this.#socket || this.#stopped) return;
    clearTimeout(this.#timer);
    this.#open();
  };

  #open(): void {
    const token = this.token();
    if (this.#stopped || token === null) return;
    this.#accepted = false;
    this.events.state('connecting', this.#attempt, 0);
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#retry(), HANDSHAKE_MS);
    socket.onopen = () => socket.send(JSON.stringify({ type: 'authenticate', token }));
    socket.onmessage = (event) => this.#receive(socket, event.data);
    socket.onclose = (event) => {
      if (event.code === TOKEN_REFUSED) this.#accepted = false;
      if (socket === this.#socket) this.#retry();
    };
  }

  #receive(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return;
    this.#lastFrameMs = performance.now();
    let frame: Frame;
    try {
      frame = JSON.parse(data) as Frame;
    } catch {
      // One unreadable frame says nothing about the next one.
      return;
    }
    if (frame.type === 'authenticated') {
      this.#accepted = true;
      socket.send(JSON.stringify({ type: 'subscribe', topics: this.topics }));
    } else if (frame.type === 'subscribed') {
      clearTimeout(this.#timer);
      this.#attempt = 0;
      this.events.state('live', 0, 0);
      this.events.ready();
    } else {
      this.events.frame(frame);
    }
  }

  #retry(): void {
    const refused = !this.#accepted;
    clearTimeout(this.#timer);
    this.#drop();
    if (this.#stopped) return;
    const delay = backOff(this.#attempt);
    this.#attempt += 1;
    this.events.state('waiting', this.#attempt, Date.now() + delay);
    this.#timer = setTimeout(() => this.#open(), delay);
    if (refused) this.events.refused();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** A half-open connection never closes by itself; a quiet one is tested with a cheap request. */
  async #probe(): Promise<void> {
    const socket = this.#socket;
    if (!socket || !this.#accepted || performance.now() - this.#lastFrameMs < QUIET_MS) return;
    try {
      await fetch('/health/live', { signal: AbortSignal.timeout(5_000), cache: 'no-store' });
      this.#lastFrameMs = performance.now();
    } catch {
      if (socket === this.#socket) this.#retry();
    }
  }
}
