-- A mail for those who were away, if they want one.
ALTER TABLE notification_settings
    ADD COLUMN digest      boolean NOT NULL DEFAULT false,
    -- When the last one was sent.
    ADD COLUMN digested_at timestamptz;

CREATE INDEX notification_settings_digest_idx ON notification_settings (digested_at) WHERE digest;
