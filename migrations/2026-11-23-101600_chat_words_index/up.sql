-- Without a list of what is pending: each search in each chat would read all of it.
CREATE INDEX CONCURRENTLY messages_chat_words_idx ON messages USING gin (chat_words(chat_id, body)) WITH (fastupdate = off);
