import type { HealthChange, HealthComponent, Status } from '../../api/types';
import { accounts } from '../../state/accounts.svelte';

const ACCOUNT = 'account:';

/** Accounts are components too, under ids that nobody can read. */
export function called(name: string): string {
  return name.startsWith(ACCOUNT) ? `account ${accounts.name(name.slice(ACCOUNT.length))}` : name;
}

export interface Branch {
  component: HealthComponent;
  depth: number;
}

const RANK: Record<Status, number> = { unhealthy: 0, degraded: 1, healthy: 2 };

/** What an operator should look at first: the worst, then what the whole cannot do without, then by name. */
function worstFirst(components: HealthComponent[], rank: (component: HealthComponent) => number): HealthComponent[] {
  const supporting = (component: HealthComponent) => Number(component.importance === 'supporting');
  return [...components].sort(
    (a, b) => rank(a) - rank(b) || supporting(a) - supporting(b) || called(a.name).localeCompare(called(b.name)),
  );
}

/** What is not well by itself, the worst first; what only follows from another is named there. */
export function troubles(components: HealthComponent[]): HealthComponent[] {
  const own = components.filter((c) => c.status !== 'healthy' && c.affected_by.length === 0);
  return worstFirst(own, (c) => RANK[c.status]);
}

/** Whom the trouble of a component takes with it. */
export function takenAlong(name: string, components: HealthComponent[]): string[] {
  return components.filter((c) => c.affected_by.includes(name)).map((c) => called(c.name));
}

/**
 * Each component once, under the first of those it depends on, so that what fails at the bottom stands above what it
 * takes with it, and the worst of those side by side first. A circle, which the server refuses, would still end.
 */
export function tree(components: HealthComponent[]): Branch[] {
  const names = new Set(components.map((c) => c.name));
  const under = new Map<string | undefined, HealthComponent[]>();
  for (const component of components) {
    const parent = component.depends_on.find((name) => names.has(name) && name !== component.name);
    under.set(parent, [...(under.get(parent) ?? []), component]);
  }
  const below = new Set<string>();
  const rank = (component: HealthComponent): number => {
    if (below.has(component.name)) return RANK.healthy;
    below.add(component.name);
    const worst = Math.min(RANK[component.status], ...(under.get(component.name) ?? []).map(rank));
    below.delete(component.name);
    return worst;
  };
  const branches: Branch[] = [];
  const seen = new Set<string>();
  const add = (component: HealthComponent, depth: number) => {
    if (seen.has(component.name)) return;
    seen.add(component.name);
    branches.push({ component, depth });
    for (const child of worstFirst(under.get(component.name) ?? [], rank)) add(child, depth + 1);
  };
  for (const root of worstFirst(under.get(undefined) ?? [], rank)) add(root, 0);
  for (const rest of components) add(rest, 0);
  return branches;
}

export interface Stretch {
  status: Status;
  from_ms: number;
  to_ms: number;
}

/** What the changes that are remembered say about the time from the first of them until now; oldest first. */
export function stretches(history: HealthChange[], status: Status, since_ms: number, now_ms: number): Stretch[] {
  const [first] = history;
  const starts = history.map((change) => ({ status: change.to, from_ms: change.at_ms }));
  if (!first) starts.push({ status, from_ms: since_ms });
  return starts.map((start, index) => ({
    ...start,
    to_ms: Math.max(start.from_ms, starts[index + 1]?.from_ms ?? now_ms),
  }));
}
