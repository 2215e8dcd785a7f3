-- Who is served, and who may come in.

CREATE TABLE meta (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tenants (
  id      BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name    TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id            BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  tenant_id     BLOB NOT NULL REFERENCES tenants (id),
  username      TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  role          TEXT NOT NULL CHECK (role IN ('viewer', 'trader', 'admin')),
  created       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX users_tenant ON users (tenant_id);

CREATE TABLE accounts (
  tenant_id     BLOB NOT NULL REFERENCES tenants (id),
  id            BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  name          TEXT NOT NULL,
  mode          TEXT NOT NULL CHECK (mode IN ('backtest', 'paper', 'live')),
  strategy      TEXT NOT NULL,
  parameters    TEXT NOT NULL CHECK (json_valid(parameters)),
  base_currency TEXT NOT NULL,
  created       INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;

-- What must stay on record. A row that a journal entry made is known by its sequence.
CREATE TABLE audit (
  number     INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id  BLOB NOT NULL REFERENCES tenants (id),
  account_id BLOB,
  sequence   INTEGER,
  time       INTEGER NOT NULL,
  actor      TEXT NOT NULL,
  action     TEXT NOT NULL,
  detail     TEXT NOT NULL,
  UNIQUE (tenant_id, account_id, sequence),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) STRICT;

CREATE INDEX audit_tenant ON audit (tenant_id, number);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
