-- Whoever was not verified has no place in the schema of before.
DELETE FROM users WHERE verified_at IS NULL;
DROP TABLE mail_codes;
DROP INDEX users_unverified_idx;
DROP INDEX users_verified_email_key;
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
ALTER TABLE users DROP COLUMN verified_at;
