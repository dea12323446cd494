DELETE FROM balloons WHERE group_id IS NOT NULL;
ALTER TABLE balloons DROP COLUMN group_id;
