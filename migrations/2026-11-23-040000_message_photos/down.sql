DROP INDEX messages_photo_idx;
ALTER TABLE messages DROP CONSTRAINT messages_body_check;
UPDATE messages SET body = 'A photo' WHERE body = '' AND deleted_at IS NULL;
ALTER TABLE messages ADD CONSTRAINT messages_body_check
    CHECK (char_length(body) <= 4000 AND (char_length(body) > 0) = (deleted_at IS NULL));
ALTER TABLE messages DROP COLUMN photo;
