-- What people report. The evidence is a copy of how it was at that moment: it outlives what it was taken from.
CREATE TABLE reports (
    id          uuid PRIMARY KEY,
    reporter_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- Nobody alone, where a group is reported.
    reported_id uuid REFERENCES users ON DELETE SET NULL,
    about       text NOT NULL CHECK (about IN ('person', 'balloon', 'chat', 'message')),
    about_id    uuid NOT NULL,
    reason      text NOT NULL CHECK (char_length(reason) <= 30),
    words       text NOT NULL CHECK (char_length(words) <= 1000),
    evidence    jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reports_reporter_idx ON reports (reporter_id, id DESC);
CREATE INDEX reports_reported_id_idx ON reports (reported_id);
CREATE INDEX reports_created_at_idx ON reports (created_at);
