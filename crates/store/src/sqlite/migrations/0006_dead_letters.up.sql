-- What no sink would take; `payload` is the item as JSON. A number is never used again, so that a letter that is gone
-- cannot be mistaken for a later one.
CREATE TABLE dead_letters (
  number       INTEGER PRIMARY KEY AUTOINCREMENT,
  origin       TEXT NOT NULL,
  kind         TEXT NOT NULL,
  instrument   INTEGER NOT NULL,
  payload      TEXT NOT NULL,
  error        TEXT NOT NULL,
  attempts     INTEGER NOT NULL,
  replays      INTEGER NOT NULL DEFAULT 0,
  first_failed INTEGER NOT NULL,
  last_failed  INTEGER NOT NULL,
  UNIQUE (origin, payload)
) STRICT;
