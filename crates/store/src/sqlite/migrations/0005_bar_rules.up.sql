-- Bars by any rule. `rule` is its name: a length such as '1m', or 'session', 'ticks:1000', 'volume:2.5' and so on.
-- `number` tells bars apart that opened at one moment; `revision` counts how often a bar was told anew.

ALTER TABLE bars RENAME TO bars_by_period;

CREATE TABLE bars (
  instrument INTEGER NOT NULL,
  rule       TEXT NOT NULL,
  open_time  INTEGER NOT NULL,
  number     INTEGER NOT NULL,
  close_time INTEGER NOT NULL,
  open       INTEGER NOT NULL,
  high       INTEGER NOT NULL,
  low        INTEGER NOT NULL,
  close      INTEGER NOT NULL,
  volume     ANY NOT NULL,
  trades     INTEGER NOT NULL,
  revision   INTEGER NOT NULL,
  PRIMARY KEY (instrument, rule, open_time, number)
) STRICT, WITHOUT ROWID;

INSERT INTO bars (instrument, rule, open_time, number, close_time, open, high, low, close, volume, trades, revision)
SELECT instrument,
       CASE WHEN period % 86400000000000 = 0 THEN (period / 86400000000000) || 'd'
            WHEN period % 3600000000000 = 0 THEN (period / 3600000000000) || 'h'
            WHEN period % 60000000000 = 0 THEN (period / 60000000000) || 'm'
            WHEN period % 1000000000 = 0 THEN (period / 1000000000) || 's'
            WHEN period % 1000000 = 0 THEN (period / 1000000) || 'ms'
            WHEN period % 1000 = 0 THEN (period / 1000) || 'us'
            ELSE period || 'ns' END,
       open_time, 0, open_time + period, open, high, low, close, volume, trades, 0
FROM bars_by_period;

DROP TABLE bars_by_period;
