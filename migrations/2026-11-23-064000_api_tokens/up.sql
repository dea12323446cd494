-- Tokens that a person makes for programs of theirs.

CREATE TABLE api_tokens (
    -- Also the id of the session that it stands for: ending one ends its sockets in the same way.
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name         text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
    token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    scopes       text[] NOT NULL,
    created_at   timestamptz NOT NULL,
    -- Without one it works until it is revoked.
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz
);
CREATE INDEX api_tokens_user_id_idx ON api_tokens (user_id, id DESC);
-- Processes ask which were revoked a moment ago.
CREATE INDEX api_tokens_revoked_at_idx ON api_tokens (revoked_at) WHERE revoked_at IS NOT NULL;
