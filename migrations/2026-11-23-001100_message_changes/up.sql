-- Messages change: they are edited, deleted for everyone, answered and reacted to. Each of these moves `changed_seq`.

ALTER TABLE messages
    ADD COLUMN edited_at  timestamptz,
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN reply_to   uuid REFERENCES messages ON DELETE SET NULL,
    -- `[{"emoji": …, "users": […]}]`, in the order of the first of each; NULL when there is none.
    ADD COLUMN reactions  jsonb CHECK (jsonb_typeof(reactions) = 'array');

-- What is left of a deleted message is its place.
ALTER TABLE messages DROP CONSTRAINT messages_body_check;
ALTER TABLE messages ADD CONSTRAINT messages_body_check
    CHECK (char_length(body) <= 4000 AND (char_length(body) > 0) = (deleted_at IS NULL));

CREATE INDEX messages_reply_to_idx ON messages (reply_to) WHERE reply_to IS NOT NULL;
