UPDATE messages SET body = '-' WHERE body = '';
ALTER TABLE messages DROP CONSTRAINT messages_body_check;
ALTER TABLE messages ADD CONSTRAINT messages_body_check CHECK (char_length(body) BETWEEN 1 AND 4000);

ALTER TABLE messages
    DROP COLUMN reactions,
    DROP COLUMN reply_to,
    DROP COLUMN deleted_at,
    DROP COLUMN edited_at;
