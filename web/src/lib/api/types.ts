import type { components } from './schema';

type Schemas = components['schemas'];

export type Account = Schemas['Account'];
export type Bar = Schemas['Bar'];
export type Component = Schemas['Component'];
export type Fill = Schemas['Fill'];
export type Instrument = Schemas['Instrument'];
export type NewOrder = Schemas['NewOrder'];
export type Order = Schemas['Order'];
export type Overview = Schemas['Overview'];
export type Portfolio = Schemas['Portfolio'];
export type Position = Schemas['Position'];
export type Quote = Schemas['Quote'];
export type Spread = Schemas['Spread'];
export type User = Schemas['User'];
export type EquityPoint = Schemas['EquityPoint'];

/** Uuids and counting numbers too long for a float: text either way. */
export type Id = string;
export type Period = 1 | 60;
export type Side = 'buy' | 'sell';

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

/** Frames the server sends on the stream, told apart by `type`. */
export type Frame =
  | { type: 'authenticated' }
  | { type: 'subscribed'; topics: string[] }
  | { type: 'lagged'; dropped: number }
  | ({ type: 'quote' } & Quote)
  | ({ type: 'bar'; closed: boolean } & Bar)
  | ({ type: 'spread' } & Spread)
  | ({ type: 'order'; account_id: Id } & Order)
  | ({ type: 'fill'; account_id: Id } & Fill)
  | ({ type: 'account'; portfolio?: Portfolio | null } & Account)
  | ({ type: 'health' } & Overview);
