-- Whose name is taken out of them when their account goes.
CREATE INDEX CONCURRENTLY messages_line_user_idx ON messages ((line ->> 'user')) WHERE line IS NOT NULL;
