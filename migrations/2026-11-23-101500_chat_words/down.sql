DROP FUNCTION chat_query;
DROP FUNCTION chat_words;
