-- Leaving ---------------------------------------------------------------------------------------------------------------

ALTER TABLE users
    -- Nothing of this person is left but the row, where what others have (messages, balloons they floated) points to it.
    ADD COLUMN erased_at timestamptz;

ALTER TABLE blocks
    -- Whoever made the block knew whom they blocked. Of others the list of blocked people tells nothing.
    ADD COLUMN is_known boolean NOT NULL DEFAULT true;

-- What was removed, told to whoever has the id. Nothing here says whose it was.
CREATE TABLE erasures (
    id           uuid PRIMARY KEY,
    requested_at timestamptz NOT NULL,
    finished_at  timestamptz,
    removed      jsonb NOT NULL
);

CREATE TABLE exports (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    percent      smallint NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    requested_at timestamptz NOT NULL,
    finished_at  timestamptz,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX exports_user_id_idx ON exports (user_id, id DESC);
CREATE INDEX exports_expires_at_idx ON exports (expires_at);
