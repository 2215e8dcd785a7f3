-- What the markets did. The rows of a tick table lie in the order they are read in, by instrument and time, and
-- carry no foreign key: a batch's few instruments are looked up once, not once for every row.

CREATE TABLE instruments (
  id            INTEGER NOT NULL PRIMARY KEY,
  venue         TEXT NOT NULL,
  symbol        TEXT NOT NULL,
  kind          TEXT NOT NULL,
  is_inverse    INTEGER NOT NULL,
  contract_size INTEGER NOT NULL,
  base          TEXT NOT NULL,
  quote         TEXT NOT NULL,
  settlement    TEXT NOT NULL,
  price_tick    INTEGER NOT NULL,
  quantity_step TEXT NOT NULL,
  maker_fee     INTEGER NOT NULL,
  taker_fee     INTEGER NOT NULL,
  UNIQUE (venue, symbol)
) STRICT;

-- `number` is the venue's trade number; negative, made from what the trade says, where the venue gives none.
CREATE TABLE trades (
  instrument   INTEGER NOT NULL,
  venue_time   INTEGER NOT NULL,
  number       INTEGER NOT NULL,
  price        INTEGER NOT NULL,
  quantity     ANY NOT NULL,
  is_sell      INTEGER,
  receive_time INTEGER NOT NULL,
  PRIMARY KEY (instrument, venue_time, number)
) STRICT, WITHOUT ROWID;

-- `number` is made from what the quote says.
CREATE TABLE quotes (
  instrument   INTEGER NOT NULL,
  receive_time INTEGER NOT NULL,
  number       INTEGER NOT NULL,
  bid          INTEGER NOT NULL,
  bid_quantity ANY NOT NULL,
  ask          INTEGER NOT NULL,
  ask_quantity ANY NOT NULL,
  venue_time   INTEGER NOT NULL,
  PRIMARY KEY (instrument, receive_time, number)
) STRICT, WITHOUT ROWID;

-- `period` in nanoseconds.
CREATE TABLE bars (
  instrument INTEGER NOT NULL,
  period     INTEGER NOT NULL,
  open_time  INTEGER NOT NULL,
  open       INTEGER NOT NULL,
  high       INTEGER NOT NULL,
  low        INTEGER NOT NULL,
  close      INTEGER NOT NULL,
  volume     ANY NOT NULL,
  trades     INTEGER NOT NULL,
  PRIMARY KEY (instrument, period, open_time)
) STRICT, WITHOUT ROWID;

-- `phase`: 0 opened, 1 changed, 2 closed. Ages in nanoseconds.
CREATE TABLE spreads (
  time       INTEGER NOT NULL,
  id         INTEGER NOT NULL,
  phase      INTEGER NOT NULL,
  asset      TEXT NOT NULL,
  buy        INTEGER NOT NULL,
  sell       INTEGER NOT NULL,
  buy_price  INTEGER NOT NULL,
  sell_price INTEGER NOT NULL,
  quantity   ANY NOT NULL,
  gross      TEXT NOT NULL,
  fees       TEXT NOT NULL,
  net_rate   INTEGER NOT NULL,
  buy_age    INTEGER NOT NULL,
  sell_age   INTEGER NOT NULL,
  PRIMARY KEY (time, id, phase)
) STRICT, WITHOUT ROWID;
