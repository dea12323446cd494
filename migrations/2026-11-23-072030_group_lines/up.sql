-- What happened in a group, between its messages: `{"kind": …, "by": …, "user": …, "name": …, "title": …}`. It has no words of its own, so
-- for all that counts what is unread or looks for words it is as a message that was deleted.
ALTER TABLE messages ADD COLUMN line jsonb CHECK (jsonb_typeof(line) = 'object');
ALTER TABLE messages ADD CONSTRAINT messages_line_has_no_text CHECK (line IS NULL OR deleted_at IS NOT NULL) NOT VALID;
