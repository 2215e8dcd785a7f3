-- What an account's journal says, as rows. Everything here can be made from the journal again.
--
-- An instrument is named by its id in the account's own list. It is no foreign key: a projection of the truth is
-- never refused for want of reference data.

CREATE TABLE projections (
  tenant_id  BLOB NOT NULL,
  account_id BLOB NOT NULL,
  sequence   INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, account_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
  tenant_id        BLOB NOT NULL,
  account_id       BLOB NOT NULL,
  id               INTEGER NOT NULL,
  sequence         INTEGER NOT NULL,
  instrument       INTEGER NOT NULL,
  side             TEXT NOT NULL,
  kind             TEXT NOT NULL,
  price            INTEGER,
  trigger_price    INTEGER,
  distance         INTEGER,
  quantity         TEXT NOT NULL,
  time_in_force    TEXT NOT NULL,
  reduce_only      INTEGER NOT NULL,
  link_group       INTEGER,
  link_role        TEXT,
  strategy         INTEGER NOT NULL,
  status           TEXT NOT NULL,
  is_open          INTEGER NOT NULL,
  cancel_requested INTEGER NOT NULL,
  filled           TEXT NOT NULL,
  filled_value     TEXT NOT NULL,
  venue_order_id   INTEGER,
  reason           TEXT,
  created          INTEGER NOT NULL,
  updated          INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, account_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX orders_sequence ON orders (tenant_id, account_id, sequence);
CREATE INDEX orders_open ON orders (tenant_id, account_id, sequence) WHERE is_open = 1;

CREATE TABLE denials (
  tenant_id     BLOB NOT NULL,
  account_id    BLOB NOT NULL,
  sequence      INTEGER NOT NULL,
  time          INTEGER NOT NULL,
  instrument    INTEGER NOT NULL,
  side          TEXT NOT NULL,
  kind          TEXT NOT NULL,
  price         INTEGER,
  trigger_price INTEGER,
  distance      INTEGER,
  quantity      TEXT NOT NULL,
  time_in_force TEXT NOT NULL,
  reduce_only   INTEGER NOT NULL,
  link_group    INTEGER,
  link_role     TEXT,
  strategy      INTEGER NOT NULL,
  code          TEXT NOT NULL,
  detail        TEXT NOT NULL,
  PRIMARY KEY (tenant_id, account_id, sequence),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE fills (
  tenant_id    BLOB NOT NULL,
  account_id   BLOB NOT NULL,
  sequence     INTEGER NOT NULL,
  id           INTEGER NOT NULL,
  order_id     INTEGER NOT NULL,
  instrument   INTEGER NOT NULL,
  side         TEXT NOT NULL,
  liquidity    TEXT NOT NULL,
  price        INTEGER NOT NULL,
  quantity     TEXT NOT NULL,
  fee          TEXT NOT NULL,
  fee_currency TEXT,
  time         INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, account_id, sequence),
  FOREIGN KEY (tenant_id, account_id, order_id) REFERENCES orders (tenant_id, account_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX fills_order ON fills (tenant_id, account_id, order_id);

CREATE TABLE equity (
  tenant_id  BLOB NOT NULL,
  account_id BLOB NOT NULL,
  time       INTEGER NOT NULL,
  equity     TEXT NOT NULL,
  PRIMARY KEY (tenant_id, account_id, time),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) STRICT, WITHOUT ROWID;
