-- Passkeys: logging in without a password (WebAuthn).

CREATE TABLE passkeys (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
    -- What the authenticator calls it.
    credential_id bytea NOT NULL UNIQUE CHECK (octet_length(credential_id) BETWEEN 16 AND 1023),
    -- Its public key, as webauthn_rp writes it.
    fixed         bytea NOT NULL,
    -- Its counter of signatures, and what else changes, written likewise.
    changing      bytea NOT NULL CHECK (octet_length(changing) = 7),
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz
);
CREATE INDEX passkeys_user_id_idx ON passkeys (user_id, id);
