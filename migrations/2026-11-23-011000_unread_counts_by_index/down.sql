ALTER TABLE messages
    DROP CONSTRAINT messages_seq_key,
    ADD CONSTRAINT messages_seq_key UNIQUE (chat_id, seq);
