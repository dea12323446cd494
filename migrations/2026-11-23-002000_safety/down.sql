ALTER TABLE users DROP COLUMN hidden_words, DROP COLUMN paused_at;
DROP TABLE set_aside_members;
DROP FUNCTION is_blocked_between;
DROP TABLE blocks;
