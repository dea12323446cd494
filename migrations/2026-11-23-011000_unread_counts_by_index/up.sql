-- Counting what is unread looks at who sent what and what was deleted: from the index alone, not from a hundred rows all over the table.
ALTER TABLE messages
    DROP CONSTRAINT messages_seq_key,
    ADD CONSTRAINT messages_seq_key UNIQUE (chat_id, seq) INCLUDE (sender_id, deleted_at);
