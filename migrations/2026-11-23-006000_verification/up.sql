-- Accounts whose email is not verified yet -------------------------------------------------------------------------------

ALTER TABLE users ADD COLUMN verified_at timestamptz;
UPDATE users SET verified_at = created_at;

-- Of one email there is one verified account; of those that wait for their code any number, so that registering tells nothing.
DROP INDEX users_email_key;
CREATE UNIQUE INDEX users_verified_email_key ON users (lower(email)) WHERE verified_at IS NOT NULL;
CREATE INDEX users_unverified_idx ON users (created_at) WHERE verified_at IS NULL AND erased_at IS NULL;

-- Codes that were mailed. One of a purpose a person; a new one takes the place of the last.
CREATE TABLE mail_codes (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose    text NOT NULL CHECK (purpose IN ('verify', 'reset')),
    code_hash  bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    expires_at timestamptz NOT NULL,
    tries      smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, purpose)
);
