ALTER TABLE chat_members DROP COLUMN muted_at;
DROP EXTENSION btree_gin;
