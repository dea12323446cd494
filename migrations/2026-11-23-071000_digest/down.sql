ALTER TABLE notification_settings DROP COLUMN digested_at, DROP COLUMN digest;
