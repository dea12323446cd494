DROP TABLE exports;
DROP TABLE erasures;
ALTER TABLE blocks DROP COLUMN is_known;
ALTER TABLE users DROP COLUMN erased_at;
