DROP TABLE equity;
DROP TABLE fills;
DROP TABLE denials;
DROP TABLE orders;
DROP TABLE projections;
