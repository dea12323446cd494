ALTER TABLE chats DROP COLUMN photo_id;
