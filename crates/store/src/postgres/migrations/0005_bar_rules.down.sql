-- Bars of other rules than a length have no place in the older tables, and go.

CREATE TEMPORARY TABLE bars_by_rule ON COMMIT DROP AS TABLE bars;
DROP TABLE bars;

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

INSERT INTO bars (instrument, period, open_time, open, high, low, close, volume, trades)
SELECT instrument, close_time - open_time, open_time, open, high, low, close, volume, trades
FROM bars_by_rule
WHERE rule ~ '^[0-9]';
