-- Who is served, and who may come in. Names sort by their bytes, whatever the language of the server.

CREATE TABLE meta (
  key   text COLLATE "C" NOT NULL PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE tenants (
  id      uuid NOT NULL PRIMARY KEY,
  name    text COLLATE "C" NOT NULL UNIQUE,
  created bigint NOT NULL
);

CREATE TABLE users (
  id            uuid NOT NULL PRIMARY KEY,
  tenant_id     uuid NOT NULL REFERENCES tenants (id),
  username      text COLLATE "C" NOT NULL UNIQUE,
  password_hash text NOT NULL,
  role          text NOT NULL CHECK (role IN ('viewer', 'trader', 'admin')),
  created       bigint NOT NULL
);

CREATE INDEX users_tenant ON users (tenant_id);

CREATE TABLE accounts (
  tenant_id     uuid NOT NULL REFERENCES tenants (id),
  id            uuid NOT NULL UNIQUE,
  name          text COLLATE "C" NOT NULL,
  mode          text NOT NULL CHECK (mode IN ('backtest', 'paper', 'live')),
  strategy      text NOT NULL,
  parameters    json NOT NULL,
  base_currency text NOT NULL,
  created       bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
);

-- What must stay on record. A row that a journal entry made is known by its sequence.
CREATE TABLE audit (
  number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  uuid NOT NULL REFERENCES tenants (id),
  account_id uuid,
  sequence   bigint,
  time       bigint NOT NULL,
  actor      text NOT NULL,
  action     text NOT NULL,
  detail     text NOT NULL,
  UNIQUE (tenant_id, account_id, sequence),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);

CREATE INDEX audit_tenant ON audit (tenant_id, number);

CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit rows are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_stays();

CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
