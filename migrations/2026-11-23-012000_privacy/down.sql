ALTER TABLE users DROP COLUMN shares_presence, DROP COLUMN shares_typing, DROP COLUMN shares_reading;
