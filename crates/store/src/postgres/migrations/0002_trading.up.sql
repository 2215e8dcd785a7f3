-- What an account's journal says, as rows. Everything here can be made from the journal again.
--
-- An instrument is named by its id in the account's own list. It is no foreign key: a projection of the truth is
-- never refused for want of reference data.

CREATE TABLE projections (
  tenant_id  uuid NOT NULL,
  account_id uuid NOT NULL,
  sequence   bigint NOT NULL,
  PRIMARY KEY (tenant_id, account_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);

CREATE TABLE orders (
  tenant_id        uuid NOT NULL,
  account_id       uuid NOT NULL,
  id               bigint NOT NULL,
  sequence         bigint NOT NULL,
  instrument       integer NOT NULL,
  side             text NOT NULL,
  kind             text NOT NULL,
  price            bigint,
  trigger_price    bigint,
  distance         bigint,
  quantity         numeric NOT NULL,
  time_in_force    text NOT NULL,
  reduce_only      boolean NOT NULL,
  link_group       bigint,
  link_role        text,
  strategy         bigint NOT NULL,
  status           text NOT NULL,
  is_open          boolean NOT NULL,
  cancel_requested boolean NOT NULL,
  filled           numeric NOT NULL,
  filled_value     numeric NOT NULL,
  venue_order_id   bigint,
  reason           text,
  created          bigint NOT NULL,
  updated          bigint NOT NULL,
  PRIMARY KEY (tenant_id, account_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);

CREATE UNIQUE INDEX orders_sequence ON orders (tenant_id, account_id, sequence);
CREATE INDEX orders_open ON orders (tenant_id, account_id, sequence) WHERE is_open;

CREATE TABLE denials (
  tenant_id     uuid NOT NULL,
  account_id    uuid NOT NULL,
  sequence      bigint NOT NULL,
  time          bigint NOT NULL,
  instrument    integer NOT NULL,
  side          text NOT NULL,
  kind          text NOT NULL,
  price         bigint,
  trigger_price bigint,
  distance      bigint,
  quantity      numeric NOT NULL,
  time_in_force text NOT NULL,
  reduce_only   boolean NOT NULL,
  link_group    bigint,
  link_role     text,
  strategy      bigint NOT NULL,
  code          text NOT NULL,
  detail        text NOT NULL,
  PRIMARY KEY (tenant_id, account_id, sequence),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);

CREATE TABLE fills (
  tenant_id    uuid NOT NULL,
  account_id   uuid NOT NULL,
  sequence     bigint NOT NULL,
  id           bigint NOT NULL,
  order_id     bigint NOT NULL,
  instrument   integer NOT NULL,
  side         text NOT NULL,
  liquidity    text NOT NULL,
  price        bigint NOT NULL,
  quantity     numeric NOT NULL,
  fee          numeric NOT NULL,
  fee_currency text,
  time         bigint NOT NULL,
  PRIMARY KEY (tenant_id, account_id, sequence),
  FOREIGN KEY (tenant_id, account_id, order_id) REFERENCES orders (tenant_id, account_id, id)
);

CREATE INDEX fills_order ON fills (tenant_id, account_id, order_id);

CREATE TABLE equity (
  tenant_id  uuid NOT NULL,
  account_id uuid NOT NULL,
  time       bigint NOT NULL,
  equity     numeric NOT NULL,
  PRIMARY KEY (tenant_id, account_id, time),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
