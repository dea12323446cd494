DROP INDEX messages_words_idx;
