DROP INDEX messages_chat_words_idx;
