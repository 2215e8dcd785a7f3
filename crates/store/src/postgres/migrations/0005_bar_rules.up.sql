-- Bars by any rule. `rule` is its name: a length such as '1m', or 'session', 'ticks:1000', 'volume:2.5' and so on.
-- `number` tells bars apart that opened at one moment; `revision` counts how often a bar was told anew.

CREATE TEMPORARY TABLE bars_by_period ON COMMIT DROP AS TABLE bars;
DROP TABLE bars;

CREATE TABLE bars (
  open_time  bigint NOT NULL,
  close_time bigint NOT NULL,
  open       bigint NOT NULL,
  high       bigint NOT NULL,
  low        bigint NOT NULL,
  close      bigint NOT NULL,
  trades     bigint NOT NULL,
  number     bigint NOT NULL,
  revision   bigint NOT NULL,
  instrument integer NOT NULL,
  volume     numeric NOT NULL,
  rule       text COLLATE "C" NOT NULL,
  PRIMARY KEY (instrument, rule, open_time, number)
);

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
