-- The words of a message as its chat has them. Each begins with a mark of the chat, so that looking for a word in a chat, or for how
-- one begins, costs what was said there and nothing of what was said elsewhere. Two chats may have the same mark.
CREATE FUNCTION chat_words(chat uuid, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500
    RETURN (
        SELECT array_to_tsvector(string_to_array(
            mark || array_to_string(tsvector_to_array(to_tsvector('simple', body)), chr(1) || mark), chr(1)
        ))
        FROM left(md5(chat::text), 6) AS mark
    );

-- What to look for there: `words` are letters and digits, as `to_tsquery` reads them.
CREATE FUNCTION chat_query(chat uuid, words text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500
    RETURN regexp_replace(
        replace(to_tsquery('simple', words)::text, '<->', '&'), '''([^'']+)''', '''' || left(md5(chat::text), 6) || '\1''', 'g'
    )::tsquery;
