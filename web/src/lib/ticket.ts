import type { Account, Instrument, NewOrder, Order, Side } from './api/types';
import { compare, isMultiple, multiply, parse, sign } from './decimal';

export type TimeInForce = Order['time_in_force'];

export interface Draft {
  instrument: Instrument | null;
  side: Side;
  kind: 'market' | 'limit';
  quantity: string;
  price: string;
  timeInForce: TimeInForce;
}

export type Faults = Partial<Record<'instrument_id' | 'quantity' | 'limit_price', string>>;

function amountFault(text: string, step: string, what: string): string | undefined {
  if (text.trim() === '') return `Enter a ${what}.`;
  if (!parse(text)) return `The ${what} must be a number such as 0.25.`;
  if (sign(text) <= 0) return `The ${what} must be above zero.`;
  if (!isMultiple(text, step)) return `The ${what} must be a multiple of ${step}.`;
  return undefined;
}

/** Checks what can be known here; the limits of the account are the server's to judge. */
export function check(draft: Draft): Faults {
  const faults: Faults = {};
  const { instrument } = draft;
  if (!instrument) return { instrument_id: 'Choose an instrument.' };
  const quantity = amountFault(draft.quantity, instrument.quantity_step, 'quantity');
  if (quantity) faults.quantity = quantity;
  if (draft.kind === 'limit') {
    const price = amountFault(draft.price, instrument.price_tick, 'limit price');
    if (price) faults.limit_price = price;
  }
  return faults;
}

export function request(draft: Draft, instrument: Instrument): NewOrder {
  const order: NewOrder = {
    instrument_id: instrument.id,
    side: draft.side,
    kind: draft.kind,
    quantity: draft.quantity.trim(),
  };
  if (draft.kind === 'limit') {
    order.limit_price = draft.price.trim();
    order.time_in_force = draft.timeInForce;
  }
  return order;
}

/** What the order is worth at its limit, or at the price a market order would meet. */
export function worth(draft: Draft, bid: string | null, ask: string | null): string | null {
  const price = draft.kind === 'limit' ? draft.price : draft.side === 'buy' ? ask : bid;
  if (!price || !draft.instrument) return null;
  const units = multiply(draft.quantity, draft.instrument.contract_size);
  if (units === null) return null;
  // An inverse contract is sized in the quote currency already.
  return draft.instrument.kind === 'inverse_perpetual' ? units : multiply(units, price);
}

/** A word of warning before the server says no. */
export function overLimit(draft: Draft, account: Account): string | null {
  const most = account.limits.max_order_size;
  if (most && parse(draft.quantity) && compare(draft.quantity, most) > 0) {
    return `Above the account's largest order of ${most}; risk control will refuse it.`;
  }
  return null;
}
