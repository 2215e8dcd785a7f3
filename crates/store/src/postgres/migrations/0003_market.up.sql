-- What the markets did. A tick table's key begins with the instrument, as it is read, and carries no foreign key: a
-- batch's few instruments are looked up once, not once for every row. Columns of one width come first, so that none
-- is padded.

CREATE TABLE instruments (
  id            integer NOT NULL PRIMARY KEY,
  venue         text COLLATE "C" NOT NULL,
  symbol        text COLLATE "C" NOT NULL,
  kind          text NOT NULL,
  is_inverse    boolean NOT NULL,
  contract_size bigint NOT NULL,
  base          text NOT NULL,
  quote         text NOT NULL,
  settlement    text NOT NULL,
  price_tick    bigint NOT NULL,
  quantity_step numeric NOT NULL,
  maker_fee     bigint NOT NULL,
  taker_fee     bigint NOT NULL,
  UNIQUE (venue, symbol)
);

-- `period` in nanoseconds.
CREATE TABLE bars (
  period     bigint NOT NULL,
  open_time  bigint NOT NULL,
  open       bigint NOT NULL,
  high       bigint NOT NULL,
  low        bigint NOT NULL,
  close      bigint NOT NULL,
  trades     bigint NOT NULL,
  instrument integer NOT NULL,
  volume     numeric NOT NULL,
  PRIMARY KEY (instrument, period, open_time)
);

-- `phase`: 0 opened, 1 changed, 2 closed. Ages in nanoseconds.
CREATE TABLE spreads (
  time       bigint NOT NULL,
  id         bigint NOT NULL,
  phase      bigint NOT NULL,
  buy_price  bigint NOT NULL,
  sell_price bigint NOT NULL,
  net_rate   bigint NOT NULL,
  buy_age    bigint NOT NULL,
  sell_age   bigint NOT NULL,
  buy        integer NOT NULL,
  sell       integer NOT NULL,
  quantity   numeric NOT NULL,
  gross      numeric NOT NULL,
  fees       numeric NOT NULL,
  asset      text NOT NULL,
  PRIMARY KEY (time, id, phase)
);

-- Trades and quotes lie in chunks of a day each: hypertables where the server has TimescaleDB loaded and lets us use
-- it, partitions where not, which the program makes. One cannot become the other later.
DO $market$
DECLARE
  day CONSTANT bigint := 86400000000000;
  is_timescale boolean := false;
  is_whole boolean := false;
  by_day text;
BEGIN
  -- Without being preloaded, the extension ends the connection when it is made.
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')
     AND position('timescaledb' IN current_setting('shared_preload_libraries')) > 0 THEN
    BEGIN
      EXECUTE 'CREATE EXTENSION IF NOT EXISTS timescaledb';
      is_timescale := true;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'TimescaleDB is there, but this user may not use it; trades and quotes lie in partitions';
    END;
  END IF;

  -- `number` is the venue's trade number; negative, made from what the trade says, where the venue gives none.
  by_day := CASE WHEN is_timescale THEN '' ELSE 'PARTITION BY RANGE (venue_time)' END;
  EXECUTE 'CREATE TABLE trades (
    venue_time   bigint NOT NULL,
    number       bigint NOT NULL,
    price        bigint NOT NULL,
    receive_time bigint NOT NULL,
    instrument   integer NOT NULL,
    is_sell      boolean,
    quantity     numeric NOT NULL,
    PRIMARY KEY (instrument, venue_time, number)
  ) ' || by_day;

  -- `number` is made from what the quote says.
  by_day := CASE WHEN is_timescale THEN '' ELSE 'PARTITION BY RANGE (receive_time)' END;
  EXECUTE 'CREATE TABLE quotes (
    receive_time bigint NOT NULL,
    number       bigint NOT NULL,
    bid          bigint NOT NULL,
    ask          bigint NOT NULL,
    venue_time   bigint NOT NULL,
    instrument   integer NOT NULL,
    bid_quantity numeric NOT NULL,
    ask_quantity numeric NOT NULL,
    PRIMARY KEY (instrument, receive_time, number)
  ) ' || by_day;

  IF is_timescale THEN
    EXECUTE format('SELECT create_hypertable(''trades'', by_range(''venue_time'', %s::bigint))', day);
    EXECUTE format('SELECT create_hypertable(''quotes'', by_range(''receive_time'', %s::bigint))', day);
    -- What is only in the edition with the vendor's licence.
    is_whole := current_setting('timescaledb.license', true) = 'timescale';
  END IF;

  IF is_whole THEN
    EXECUTE 'CREATE FUNCTION market_now() RETURNS bigint LANGUAGE sql STABLE AS
             ''SELECT (extract(epoch FROM now()) * 1000000000)::bigint''';
    EXECUTE 'SELECT set_integer_now_func(''trades'', ''market_now'')';
    EXECUTE 'SELECT set_integer_now_func(''quotes'', ''market_now'')';
    -- Rows of one instrument side by side in the order of time; chunks that still change much stay as they are.
    EXECUTE 'ALTER TABLE trades SET (timescaledb.compress, timescaledb.compress_segmentby = ''instrument'',
             timescaledb.compress_orderby = ''venue_time, number'')';
    EXECUTE 'ALTER TABLE quotes SET (timescaledb.compress, timescaledb.compress_segmentby = ''instrument'',
             timescaledb.compress_orderby = ''receive_time, number'')';
    EXECUTE format('SELECT add_compression_policy(''trades'', compress_after => %s::bigint)', 3 * day);
    EXECUTE format('SELECT add_compression_policy(''quotes'', compress_after => %s::bigint)', 3 * day);
    -- Bars of a minute for whoever looks with SQL; the program makes its own.
    EXECUTE 'CREATE MATERIALIZED VIEW trade_minutes WITH (timescaledb.continuous) AS
             SELECT instrument, time_bucket(60000000000::bigint, venue_time) AS open_time,
                    first(price, venue_time) AS open, max(price) AS high, min(price) AS low,
                    last(price, venue_time) AS close, sum(quantity) AS volume, count(*) AS trades
             FROM trades GROUP BY 1, 2 WITH NO DATA';
    EXECUTE format('SELECT add_continuous_aggregate_policy(''trade_minutes'', start_offset => %s::bigint,
                    end_offset => 60000000000::bigint, schedule_interval => interval ''1 minute'')', day);
  END IF;
END $market$;
