-- An invitation to a group is a balloon that leads into it: it is caught or popped like every other.

ALTER TABLE balloons ADD COLUMN group_id uuid REFERENCES chats ON DELETE CASCADE;
CREATE INDEX balloons_group_id_idx ON balloons (group_id, to_id, sent_at DESC) WHERE group_id IS NOT NULL;
