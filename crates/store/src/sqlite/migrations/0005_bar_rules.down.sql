-- Bars of other rules than a length have no place in the older tables, and go.

ALTER TABLE bars RENAME TO bars_by_rule;

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

INSERT INTO bars (instrument, period, open_time, open, high, low, close, volume, trades)
SELECT instrument, close_time - open_time, open_time, open, high, low, close, volume, trades
FROM bars_by_rule
WHERE rule GLOB '[0-9]*';

DROP TABLE bars_by_rule;
