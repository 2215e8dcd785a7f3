DROP TABLE spread_regimes;
DROP TABLE pair_spreads;
