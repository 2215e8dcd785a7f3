const PAGES = ['overview', 'market', 'trading', 'operations'] as const;
export type PageName = (typeof PAGES)[number];

function pageOf(path: string): PageName {
  const name = path.split('/')[1] ?? '';
  return PAGES.find((page) => page === name) ?? 'overview';
}

/** The whole of routing: four pages, a query that carries what is selected, and a hash that carries the tab. */
class Router {
  page = $state<PageName>(pageOf(location.pathname));
  query = $state.raw(new URLSearchParams(location.search));
  hash = $state(location.hash.slice(1));

  constructor() {
    addEventListener('popstate', () => this.#read());
  }

  href(page: PageName, query: Record<string, string | number> = {}): string {
    const entries = Object.entries(query).map(([k, v]) => [k, String(v)]);
    const text = new URLSearchParams(entries).toString();
    return `/${page}${text ? `?${text}` : ''}`;
  }

  go(page: PageName, query: Record<string, string | number> = {}): void {
    history.pushState(null, '', this.href(page, query));
    this.#read();
    scrollTo(0, 0);
  }

  /** A number in the address, or null: instruments are numbered from zero, so absence must not read as one. */
  number(name: string): number | null {
    const text = this.query.get(name);
    return text !== null && /^\d+$/.test(text) ? Number(text) : null;
  }

  /** Remembers a selection in the address without a new step in the history. */
  note(query: Record<string, string | number>): void {
    history.replaceState(null, '', this.href(this.page, query));
    this.query = new URLSearchParams(location.search);
  }

  /** Remembers a tab in the address without a new step in the history. */
  mark(hash: string): void {
    history.replaceState(null, '', `${location.pathname}${location.search}#${hash}`);
    this.hash = hash;
  }

  #read(): void {
    this.page = pageOf(location.pathname);
    this.query = new URLSearchParams(location.search);
    this.hash = location.hash.slice(1);
  }
}

export const router = new Router();

/** Plain clicks stay in the page; new-tab clicks keep their usual meaning. */
export function follow(event: MouseEvent, page: PageName, query: Record<string, string | number> = {}): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  router.go(page, query);
}
