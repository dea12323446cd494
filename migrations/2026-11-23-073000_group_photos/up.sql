-- A group's photo: its files lie under this id as those of a photo in the chat do, for its members alone.
ALTER TABLE chats ADD COLUMN photo_id uuid;
CREATE INDEX chats_photo_id_idx ON chats (photo_id) WHERE photo_id IS NOT NULL;
