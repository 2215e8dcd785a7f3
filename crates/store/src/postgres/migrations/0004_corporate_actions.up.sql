-- Splits and dividends beside the prices as printed; `time` is before the first trade they take effect on. A split
-- has numerator and denominator, a dividend has per_share, in units of 10⁻⁹; the other columns are NULL.
CREATE TABLE corporate_actions (
  time        bigint NOT NULL,
  numerator   bigint,
  denominator bigint,
  per_share   bigint,
  instrument  integer NOT NULL,
  kind        text COLLATE "C" NOT NULL,
  PRIMARY KEY (instrument, time, kind)
);
