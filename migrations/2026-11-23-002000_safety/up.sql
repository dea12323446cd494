-- Keeping people apart -------------------------------------------------------------------------------------------------

CREATE TABLE blocks (
    id         uuid PRIMARY KEY,
    blocker_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    blocked_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT blocks_pair_key UNIQUE (blocker_id, blocked_id),
    CHECK (blocker_id <> blocked_id)
);
CREATE INDEX blocks_listed_idx ON blocks (blocker_id, id DESC);
CREATE INDEX blocks_blocked_id_idx ON blocks (blocked_id, blocker_id);

-- Whether a block stands between two people, whoever of them made it.
CREATE FUNCTION is_blocked_between(one uuid, other uuid) RETURNS boolean
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN EXISTS (SELECT FROM blocks WHERE blocker_id = one AND blocked_id = other)
        OR EXISTS (SELECT FROM blocks WHERE blocker_id = other AND blocked_id = one);

-- The members of a direct chat whose two people are kept apart: who is no member reads, writes and hears nothing, on every
-- path. They come back as they were when no block stands any more. `member` is the whole row of chat_members: a migration that
-- adds a column there which has to have a value gives it to these too.
CREATE TABLE set_aside_members (
    chat_id uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    member  jsonb NOT NULL,
    PRIMARY KEY (chat_id, user_id)
);
CREATE INDEX set_aside_members_user_id_idx ON set_aside_members (user_id);

ALTER TABLE users
    -- Not in the list of people since then.
    ADD COLUMN paused_at timestamptz,
    -- A note with one of these does not reach this person. In lower case.
    ADD COLUMN hidden_words text[] NOT NULL DEFAULT '{}' CHECK (cardinality(hidden_words) <= 50);
