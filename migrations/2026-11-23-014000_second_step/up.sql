-- A second step at log-in: codes that an app makes (RFC 6238), and codes on paper for when the app is lost.

CREATE TABLE totp_secrets (
    user_id      uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- Encrypted under a key that the database does not have.
    sealed       bytea NOT NULL,
    -- Until then it is being set up, and not asked for.
    confirmed_at timestamptz,
    -- The step of time of the last code that was taken: none works twice.
    last_step    bigint NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
    user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    PRIMARY KEY (user_id, code_hash)
);
