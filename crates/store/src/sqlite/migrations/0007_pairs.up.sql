-- `phase`: 0 opened, 1 changed, 2 closed. Figures in units of 10⁻⁹.
CREATE TABLE pair_spreads (
  time         INTEGER NOT NULL,
  id           INTEGER NOT NULL,
  phase        INTEGER NOT NULL,
  first_price  INTEGER NOT NULL,
  second_price INTEGER NOT NULL,
  hedge_ratio  INTEGER NOT NULL,
  z_score      INTEGER NOT NULL,
  correlation  INTEGER NOT NULL,
  samples      INTEGER NOT NULL,
  first        INTEGER NOT NULL,
  second       INTEGER NOT NULL,
  PRIMARY KEY (time, id, phase)
) STRICT, WITHOUT ROWID;

-- How wide bid and ask are apart: `from_regime` and `to_regime` are tight, usual or wide; shares of the midpoint in units of
-- 10⁻⁹.
CREATE TABLE spread_regimes (
  time       INTEGER NOT NULL,
  share      INTEGER NOT NULL,
  usual      INTEGER NOT NULL,
  z_score    INTEGER NOT NULL,
  instrument INTEGER NOT NULL,
  from_regime TEXT NOT NULL,
  to_regime   TEXT NOT NULL,
  PRIMARY KEY (time, instrument)
) STRICT, WITHOUT ROWID;
