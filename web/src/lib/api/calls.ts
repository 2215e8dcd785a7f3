import { api, call } from './client';
import type { BreakerAction, FlagChange, Id, NewOrder, Rule, RungRequest } from './types';

/** Every call of the UI in one place: a change of the contract is mended here. */

export const login = (username: string, password: string) =>
  call(api.POST('/api/v1/login', { body: { username, password } }));

export const me = () => call(api.GET('/api/v1/me'));
export const overview = () => call(api.GET('/api/v1/overview'));
export const instruments = () => call(api.GET('/api/v1/instruments'));
export const quotes = () => call(api.GET('/api/v1/quotes'));
export const accounts = () => call(api.GET('/api/v1/accounts'));

export const spreads = (limit: number) => call(api.GET('/api/v1/spreads', { params: { query: { limit } } }));

export const pairs = (limit: number) => call(api.GET('/api/v1/pairs', { params: { query: { limit } } }));

export const regimes = (limit: number) => call(api.GET('/api/v1/regimes', { params: { query: { limit } } }));

export const bars = (instrument_id: number, rule: Rule, limit: number, cursor?: string) =>
  call(
    api.GET('/api/v1/bars', {
      params: { query: { instrument_id, rule, limit, ...(cursor ? { cursor } : {}) } },
    }),
  );

export const portfolio = (account_id: Id) =>
  call(api.GET('/api/v1/accounts/{account_id}/portfolio', { params: { path: { account_id } } }));

export const orders = (account_id: Id, status: 'open' | 'closed', limit: number, cursor?: string) =>
  call(
    api.GET('/api/v1/accounts/{account_id}/orders', {
      params: { path: { account_id }, query: { status, limit, ...(cursor ? { cursor } : {}) } },
    }),
  );

export const fills = (account_id: Id, limit: number, cursor?: string) =>
  call(
    api.GET('/api/v1/accounts/{account_id}/fills', {
      params: { path: { account_id }, query: { limit, ...(cursor ? { cursor } : {}) } },
    }),
  );

export const equity = (account_id: Id, limit: number) =>
  call(api.GET('/api/v1/accounts/{account_id}/equity', { params: { path: { account_id }, query: { limit } } }));

export const placeOrder = (account_id: Id, body: NewOrder) =>
  call(api.POST('/api/v1/accounts/{account_id}/orders', { params: { path: { account_id } }, body }));

export const cancelOrder = (account_id: Id, order_id: Id) =>
  call(
    api.DELETE('/api/v1/accounts/{account_id}/orders/{order_id}', { params: { path: { account_id, order_id } } }),
  );

export const halt = (account_id: Id, reason: string) =>
  call(api.POST('/api/v1/accounts/{account_id}/halt', { params: { path: { account_id } }, body: { reason } }));

export const resume = (account_id: Id) =>
  call(api.POST('/api/v1/accounts/{account_id}/resume', { params: { path: { account_id } } }));

export const pinRung = (account_id: Id, body: RungRequest) =>
  call(api.PUT('/api/v1/accounts/{account_id}/rung', { params: { path: { account_id } }, body }));

export const unpinRung = (account_id: Id) =>
  call(api.DELETE('/api/v1/accounts/{account_id}/rung', { params: { path: { account_id } } }));

export const health = () => call(api.GET('/api/v1/operations/health'));
export const policies = () => call(api.GET('/api/v1/operations/policies'));
export const flags = () => call(api.GET('/api/v1/operations/flags'));
export const alerts = () => call(api.GET('/api/v1/operations/alerts'));
export const configuration = () => call(api.GET('/api/v1/operations/configuration'));
export const reload = () => call(api.POST('/api/v1/operations/configuration/reload'));

export const pipeline = () => call(api.GET('/api/v1/operations/pipeline'));

export const deadLetters = (limit: number, cursor?: string) =>
  call(api.GET('/api/v1/operations/dead-letters', { params: { query: { limit, ...(cursor ? { cursor } : {}) } } }));

export const replayDeadLetter = (number: number) =>
  call(api.POST('/api/v1/operations/dead-letters/{number}/replay', { params: { path: { number } } }));

export const discardDeadLetter = (number: number) =>
  call(api.DELETE('/api/v1/operations/dead-letters/{number}', { params: { path: { number } } }));

export const log = (limit: number) =>
  call(api.GET('/api/v1/operations/log', { params: { query: { limit, level: 'trace' } } }));

export const checkComponent = (component: string) =>
  call(api.POST('/api/v1/operations/health/{component}/check', { params: { path: { component } } }));

export const moveBreaker = (name: string, action: BreakerAction, reason: string) =>
  call(
    api.POST('/api/v1/operations/policies/{name}/breaker', { params: { path: { name } }, body: { action, reason } }),
  );

export const setFlag = (name: string, body: FlagChange) =>
  call(api.PUT('/api/v1/operations/flags/{name}', { params: { path: { name } }, body }));

export const dropFlag = (name: string) =>
  call(api.DELETE('/api/v1/operations/flags/{name}', { params: { path: { name } } }));

export const silence = (name: string, minutes: number, reason: string) =>
  call(
    api.POST('/api/v1/operations/alerts/{name}/silence', { params: { path: { name } }, body: { minutes, reason } }),
  );

export const unsilence = (name: string) =>
  call(api.DELETE('/api/v1/operations/alerts/{name}/silence', { params: { path: { name } } }));
