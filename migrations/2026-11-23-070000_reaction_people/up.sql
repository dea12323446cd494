-- Whose reactions go when their account goes.
CREATE INDEX CONCURRENTLY messages_reactions_idx ON messages USING gin (reactions jsonb_path_ops) WHERE reactions IS NOT NULL;
