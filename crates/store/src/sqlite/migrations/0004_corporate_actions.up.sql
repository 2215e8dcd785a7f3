-- Splits and dividends beside the prices as printed; `time` is before the first trade they take effect on. A split
-- has numerator and denominator, a dividend has per_share, in units of 10⁻⁹; the other columns are NULL.
CREATE TABLE corporate_actions (
  instrument  INTEGER NOT NULL,
  time        INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  numerator   INTEGER,
  denominator INTEGER,
  per_share   INTEGER,
  PRIMARY KEY (instrument, time, kind)
) STRICT, WITHOUT ROWID;
