import { useCredentials } from '../api/client';
import * as calls from '../api/calls';
import type { User } from '../api/types';

// Session storage: the token goes when the tab goes.
const KEY = 'bellwether.session';

interface Stored {
  token: string;
  user: User;
}

function load(): Stored | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Stored | null;
    return stored && typeof stored.token === 'string' && stored.user ? stored : null;
  } catch {
    return null;
  }
}

function save(value: Stored | null): void {
  try {
    if (value) sessionStorage.setItem(KEY, JSON.stringify(value));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage the session lasts until the page is reloaded.
  }
}

class Session {
  #stored = $state.raw<Stored | null>(load());
  /** Why the person is looking at the sign-in page again. */
  notice = $state<string | null>(null);

  get token(): string | null {
    return this.#stored?.token ?? null;
  }

  get user(): User | null {
    return this.#stored?.user ?? null;
  }

  /** Only spares a person the refusal; the server decides. */
  get mayTrade(): boolean {
    return this.user?.role !== 'viewer';
  }

  get isAdmin(): boolean {
    return this.user?.role === 'admin';
  }

  async signIn(username: string, password: string): Promise<void> {
    const answer = await calls.login(username, password);
    this.notice = null;
    this.#set({ token: answer.access_token, user: answer.user });
  }

  signOut(notice: string | null = null): void {
    this.notice = notice;
    this.#set(null);
  }

  #set(value: Stored | null): void {
    this.#stored = value;
    save(value);
  }
}

export const session = new Session();

useCredentials({
  token: () => session.token,
  expired: () => session.signOut('Your session has ended. Sign in again to continue where you were.'),
});
