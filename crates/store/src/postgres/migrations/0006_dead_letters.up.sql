-- What no sink would take; `payload` is the item as JSON.
CREATE TABLE dead_letters (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  attempts     bigint NOT NULL,
  replays      bigint NOT NULL DEFAULT 0,
  first_failed bigint NOT NULL,
  last_failed  bigint NOT NULL,
  instrument   integer NOT NULL,
  origin       text NOT NULL,
  kind         text NOT NULL,
  payload      text NOT NULL,
  error        text NOT NULL,
  UNIQUE (origin, payload)
);
