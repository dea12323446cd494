ALTER TABLE reports
    DROP COLUMN state, DROP COLUMN taken_by, DROP COLUMN closed_at, DROP COLUMN decision, DROP COLUMN note;
DROP TABLE suspensions;
ALTER TABLE users DROP COLUMN suspended_until;
