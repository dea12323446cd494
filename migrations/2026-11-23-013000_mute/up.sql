-- Since when a member does not want to be called to a chat.
ALTER TABLE chat_members ADD COLUMN muted_at timestamptz;

-- A chat and a word of it in one index.
CREATE EXTENSION IF NOT EXISTS btree_gin;
