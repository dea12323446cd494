DROP FUNCTION quiet_until;
ALTER TABLE chat_members DROP COLUMN called_seq;
DROP TABLE notification_settings;
DROP TABLE push_subscriptions;
