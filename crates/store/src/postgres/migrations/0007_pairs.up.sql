-- `phase`: 0 opened, 1 changed, 2 closed. Figures in units of 10⁻⁹.
CREATE TABLE pair_spreads (
  time         bigint NOT NULL,
  id           bigint NOT NULL,
  phase        bigint NOT NULL,
  first_price  bigint NOT NULL,
  second_price bigint NOT NULL,
  hedge_ratio  bigint NOT NULL,
  z_score      bigint NOT NULL,
  correlation  bigint NOT NULL,
  samples      bigint NOT NULL,
  first        integer NOT NULL,
  second       integer NOT NULL,
  PRIMARY KEY (time, id, phase)
);

-- How wide bid and ask are apart: `from_regime` and `to_regime` are tight, usual or wide; shares of the midpoint in units of
-- 10⁻⁹.
CREATE TABLE spread_regimes (
  time       bigint NOT NULL,
  share      bigint NOT NULL,
  usual      bigint NOT NULL,
  z_score    bigint NOT NULL,
  instrument integer NOT NULL,
  from_regime text NOT NULL,
  to_regime   text NOT NULL,
  PRIMARY KEY (time, instrument)
);
