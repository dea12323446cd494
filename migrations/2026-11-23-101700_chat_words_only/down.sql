CREATE INDEX CONCURRENTLY messages_words_idx ON messages USING gin (chat_id, to_tsvector('simple', body));
