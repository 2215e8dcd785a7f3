import type { components } from './schema';

type Schemas = components['schemas'];

export type Account = Schemas['Account'];
export type AlertBoard = Schemas['AlertBoard'];
export type AlertChange = Schemas['AlertChange'];
export type AlertChannel = Schemas['AlertChannel'];
export type AlertState = Schemas['AlertState'];
export type AlertView = Schemas['AlertView'];
export type Bar = Schemas['Bar'];
export type BreakerAction = Schemas['BreakerAction'];
export type BreakerState = Schemas['BreakerState'];
export type Component = Schemas['Component'];
export type DeadLetter = Schemas['DeadLetter'];
export type EdgeView = Schemas['EdgeView'];
export type Fill = Schemas['Fill'];
export type FlagChange = Schemas['FlagChange'];
export type FlagView = Schemas['FlagView'];
export type HealthChange = Schemas['HealthChange'];
export type HealthComponent = Schemas['HealthComponent'];
export type HealthDetail = Schemas['HealthDetail'];
export type Instrument = Schemas['Instrument'];
export type LastReload = Schemas['LastReload'];
export type LogLevel = Schemas['LogLevel'];
export type LogLine = Schemas['LogLine'];
export type NewOrder = Schemas['NewOrder'];
export type Order = Schemas['Order'];
export type Overview = Schemas['Overview'];
export type PolicyView = Schemas['PolicyView'];
export type PairSpread = Schemas['PairSpread'];
export type Portfolio = Schemas['Portfolio'];
export type Position = Schemas['Position'];
export type Quote = Schemas['Quote'];
export type RegimeChange = Schemas['RegimeChange'];
export type Rung = Schemas['Rung'];
export type RungRequest = Schemas['RungRequest'];
export type SettingRow = Schemas['SettingRow'];
export type Spread = Schemas['Spread'];
export type Status = Schemas['Status'];
export type User = Schemas['User'];
export type EquityPoint = Schemas['EquityPoint'];

/** Uuids and counting numbers too long for a float: text either way. */
export type Id = string;
/** The bars that the chart shows: a length, as the server names it. */
export type Rule = '1s' | '1m';
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
  | ({ type: 'pair' } & PairSpread)
  | ({ type: 'regime' } & RegimeChange)
  | ({ type: 'order'; account_id: Id } & Order)
  | ({ type: 'fill'; account_id: Id } & Fill)
  | ({ type: 'account'; portfolio?: Portfolio | null } & Account)
  | ({ type: 'health' } & Overview)
  | ({ type: 'log' } & LogLine)
  | ({ type: 'alert' } & AlertChange);
