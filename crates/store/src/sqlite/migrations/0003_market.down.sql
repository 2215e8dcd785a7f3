DROP TABLE spreads;
DROP TABLE bars;
DROP TABLE quotes;
DROP TABLE trades;
DROP TABLE instruments;
