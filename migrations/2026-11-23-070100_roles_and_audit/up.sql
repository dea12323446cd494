-- Who looks after the place. Asked anew for each of their requests: what is taken here ends at once.
ALTER TABLE users ADD COLUMN role text CHECK (role IN ('moderator', 'administrator'));
CREATE INDEX users_role_idx ON users (role) WHERE role IS NOT NULL;

-- Who did what to whom, when and why.
CREATE TABLE audit_log (
    id         uuid PRIMARY KEY,
    -- Nobody: by the command of the program.
    actor_id   uuid REFERENCES users ON DELETE RESTRICT,
    -- Nobody: it was about no person, or about one who has left.
    subject_id uuid REFERENCES users ON DELETE SET NULL,
    deed       text NOT NULL CHECK (char_length(deed) BETWEEN 1 AND 40),
    details    text NOT NULL CHECK (char_length(details) <= 200),
    reason     text NOT NULL CHECK (char_length(reason) <= 1000),
    done_at    timestamptz NOT NULL
);
CREATE INDEX audit_log_subject_id_idx ON audit_log (subject_id, id DESC) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_log_actor_id_idx ON audit_log (actor_id) WHERE actor_id IS NOT NULL;

-- Nothing is taken out and nothing rewritten, with one exception: whoever leaves is forgotten here as well.
CREATE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.subject_id IS NULL
        AND (NEW.id, NEW.deed, NEW.done_at) = (OLD.id, OLD.deed, OLD.done_at)
        AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id
        AND NEW.details IN (OLD.details, '') AND NEW.reason IN (OLD.reason, '')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit log only grows';
END $$;
CREATE TRIGGER audit_log_only_grows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
