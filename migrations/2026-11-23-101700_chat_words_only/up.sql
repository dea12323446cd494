-- A server of before finds the same without it, by reading the chats.
DROP INDEX CONCURRENTLY messages_words_idx;
