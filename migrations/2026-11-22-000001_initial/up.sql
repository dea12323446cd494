-- People -------------------------------------------------------------------------------------------------------------

-- Finds a part of a name through an index.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- When somebody of this age on this day was born, as far as an age tells. Only for searching by age: an age moves every
-- day, this does not. Immutable, so that it can be indexed.
CREATE FUNCTION birth_anchor(age smallint, given_on date) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (given_on - make_interval(years => age::integer))::date;

CREATE TABLE users (
    id            uuid PRIMARY KEY,
    email         text NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
    password_hash text NOT NULL,
    name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 50),
    age           smallint NOT NULL CHECK (age BETWEEN 18 AND 120),
    age_given_on  date NOT NULL,
    bio           text NOT NULL DEFAULT '' CHECK (char_length(bio) <= 1000),
    interests     text[] NOT NULL DEFAULT '{}' CHECK (cardinality(interests) <= 12),
    version       integer NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
CREATE INDEX users_interests_idx ON users USING gin (interests);
CREATE INDEX users_name_idx ON users USING gin (lower(name) gin_trgm_ops);
CREATE INDEX users_birth_anchor_idx ON users (birth_anchor(age, age_given_on));

CREATE TABLE photos (
    id          uuid PRIMARY KEY,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    position    smallint NOT NULL CHECK (position BETWEEN 0 AND 5),
    width       integer NOT NULL CHECK (width > 0),
    height      integer NOT NULL CHECK (height > 0),
    placeholder text NOT NULL CHECK (char_length(placeholder) <= 2048),
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- Deferred: a new order passes through states in which two photos share a place.
    CONSTRAINT photos_position_key UNIQUE (user_id, position) DEFERRABLE INITIALLY DEFERRED
);

-- Sessions -----------------------------------------------------------------------------------------------------------

CREATE TABLE sessions (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    address      text NOT NULL CHECK (char_length(address) <= 45),
    user_agent   text NOT NULL CHECK (char_length(user_agent) <= 512),
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_revoked_at_idx ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

-- Used ones stay until their session ends: one that comes back tells of a theft.
CREATE TABLE refresh_tokens (
    token_hash  bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    session_id  uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    replaced_at timestamptz
);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);

-- Chats --------------------------------------------------------------------------------------------------------------

CREATE TABLE chats (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('direct', 'group')),
    title           text CHECK (char_length(title) BETWEEN 1 AND 80),
    -- The two people of a direct chat, in the order of their ids: two people have one chat.
    direct_low      uuid REFERENCES users ON DELETE RESTRICT,
    direct_high     uuid REFERENCES users ON DELETE RESTRICT,
    head            bigint NOT NULL DEFAULT 0 CHECK (head >= 0),
    last_message_id uuid,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT chats_direct_key UNIQUE (direct_low, direct_high),
    CONSTRAINT chats_direct_pair CHECK (
        CASE kind
            WHEN 'direct' THEN direct_low IS NOT NULL AND direct_high IS NOT NULL AND direct_low < direct_high AND title IS NULL
            ELSE direct_low IS NULL AND direct_high IS NULL AND title IS NOT NULL
        END
    )
);
CREATE INDEX chats_direct_high_idx ON chats (direct_high);

CREATE TABLE chat_members (
    chat_id   uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
    user_id   uuid NOT NULL REFERENCES users ON DELETE RESTRICT,
    role      text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'moderator', 'member')),
    read_seq  bigint NOT NULL DEFAULT 0 CHECK (read_seq >= 0),
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chat_id, user_id)
);
CREATE INDEX chat_members_user_id_idx ON chat_members (user_id);

CREATE TABLE messages (
    id          uuid PRIMARY KEY,
    chat_id     uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
    sender_id   uuid NOT NULL REFERENCES users ON DELETE RESTRICT,
    client_id   uuid NOT NULL,
    seq         bigint NOT NULL CHECK (seq > 0),
    changed_seq bigint NOT NULL CHECK (changed_seq >= seq),
    body        text NOT NULL CHECK (char_length(body) BETWEEN 1 AND 4000),
    sent_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT messages_seq_key UNIQUE (chat_id, seq),
    CONSTRAINT messages_changed_seq_key UNIQUE (chat_id, changed_seq),
    CONSTRAINT messages_client_id_key UNIQUE (chat_id, sender_id, client_id)
);
CREATE INDEX messages_sender_id_idx ON messages (sender_id);

-- Deferred: a send moves the chat's counter first, then stores the message under it.
ALTER TABLE chats
    ADD CONSTRAINT chats_last_message_id_fkey FOREIGN KEY (last_message_id) REFERENCES messages ON DELETE SET NULL
        DEFERRABLE INITIALLY DEFERRED;

-- Balloons -----------------------------------------------------------------------------------------------------------

CREATE TABLE balloons (
    id          uuid PRIMARY KEY,
    from_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    to_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    note        text NOT NULL CHECK (char_length(note) BETWEEN 1 AND 280),
    -- Expired is pending with its time over: no job has to say so.
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'caught', 'popped', 'withdrawn')),
    sent_at     timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL CHECK (expires_at > sent_at),
    answered_at timestamptz,
    chat_id     uuid REFERENCES chats ON DELETE SET NULL,
    CHECK (from_id <> to_id),
    CHECK ((state = 'pending') = (answered_at IS NULL))
);
CREATE INDEX balloons_received_idx ON balloons (to_id, id DESC) WHERE state = 'pending';
CREATE INDEX balloons_sent_idx ON balloons (from_id, id DESC);
CREATE INDEX balloons_pair_idx ON balloons (from_id, to_id, sent_at DESC);
CREATE INDEX balloons_chat_id_idx ON balloons (chat_id) WHERE chat_id IS NOT NULL;
