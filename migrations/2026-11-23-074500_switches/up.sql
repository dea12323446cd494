-- What administrators turned off, or on again. What has no row is on.
CREATE TABLE switches (
    name       text PRIMARY KEY CHECK (char_length(name) BETWEEN 1 AND 40),
    is_on      boolean NOT NULL,
    changed_at timestamptz NOT NULL
);
