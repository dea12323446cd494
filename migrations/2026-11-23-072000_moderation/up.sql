-- Until when somebody is suspended; what has passed is over, and what has no end ends in the year 9999.
ALTER TABLE users ADD COLUMN suspended_until timestamptz;

CREATE TABLE suspensions (
    id          uuid PRIMARY KEY,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    by_id       uuid NOT NULL REFERENCES users ON DELETE RESTRICT,
    reason      text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 1000),
    began_at    timestamptz NOT NULL,
    -- Nothing: without an end.
    ends_at     timestamptz CHECK (ends_at > began_at),
    lifted_at   timestamptz,
    -- One a suspension.
    appeal      text CHECK (char_length(appeal) BETWEEN 1 AND 2000),
    appealed_at timestamptz,
    decided_by  uuid REFERENCES users ON DELETE RESTRICT,
    decided_at  timestamptz,
    is_granted  boolean,
    note        text CHECK (char_length(note) BETWEEN 1 AND 1000),
    CHECK ((appeal IS NULL) = (appealed_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (is_granted IS NULL))
);
CREATE INDEX suspensions_user_id_idx ON suspensions (user_id, id DESC);
CREATE INDEX suspensions_appeals_idx ON suspensions (id) WHERE appealed_at IS NOT NULL AND decided_at IS NULL;
CREATE INDEX suspensions_by_id_idx ON suspensions (by_id);
CREATE INDEX suspensions_decided_by_idx ON suspensions (decided_by) WHERE decided_by IS NOT NULL;

ALTER TABLE reports
    ADD COLUMN state     text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'closed')),
    ADD COLUMN taken_by  uuid REFERENCES users ON DELETE SET NULL,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN decision  text CHECK (decision IN ('unfounded', 'warranted')),
    ADD COLUMN note      text NOT NULL DEFAULT '' CHECK (char_length(note) <= 1000);
CREATE INDEX reports_state_idx ON reports (state, id DESC);
CREATE INDEX reports_taken_by_idx ON reports (taken_by) WHERE taken_by IS NOT NULL;
