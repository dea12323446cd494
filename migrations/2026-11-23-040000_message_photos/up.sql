-- A message may be a photo: `{"width": …, "height": …, "placeholder": …}`. Its files lie under the chat's and the message's ids.
ALTER TABLE messages ADD COLUMN photo jsonb CHECK (jsonb_typeof(photo) = 'object');

-- A photo needs no words. What is left of a deleted message is its place.
ALTER TABLE messages DROP CONSTRAINT messages_body_check;
ALTER TABLE messages ADD CONSTRAINT messages_body_check CHECK (
    CASE
        WHEN char_length(body) > 4000 THEN false
        WHEN deleted_at IS NULL THEN char_length(body) > 0 OR photo IS NOT NULL
        ELSE char_length(body) = 0
    END
);

-- Whose photos go when their account goes.
CREATE INDEX messages_photo_idx ON messages (sender_id) WHERE photo IS NOT NULL;
