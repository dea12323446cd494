-- Calling people who are away.

-- A browser that wants to be woken, as long as the session that asked for it is open.
CREATE TABLE push_subscriptions (
    session_id uuid PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    endpoint   text NOT NULL CHECK (char_length(endpoint) <= 1024),
    public_key text NOT NULL CHECK (char_length(public_key) <= 100),
    auth       text NOT NULL CHECK (char_length(auth) <= 30),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX push_subscriptions_user_id_idx ON push_subscriptions (user_id);

-- How somebody is called; without a row, as the defaults say.
CREATE TABLE notification_settings (
    user_id     uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- What was written may stand in a note.
    shows_text  boolean NOT NULL DEFAULT false,
    -- Minutes after midnight there, where nobody is called.
    quiet_from  smallint CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_until smallint CHECK (quiet_until BETWEEN 0 AND 1439),
    time_zone   text CHECK (char_length(time_zone) <= 64),
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL) AND (quiet_from IS NULL) = (time_zone IS NULL)),
    CHECK (quiet_from <> quiet_until)
);

-- Up to which message a member was called: not again before they have read so far. NULL: never.
ALTER TABLE chat_members ADD COLUMN called_seq bigint;

-- When quiet hours end that hold now; NULL outside of them. They may go over midnight.
CREATE FUNCTION quiet_until(began smallint, ends smallint, zone text, moment timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (
        SELECT CASE
            WHEN began < ends AND minute >= began AND minute < ends THEN (today + ends * interval '1 minute') AT TIME ZONE zone
            WHEN began > ends AND minute < ends THEN (today + ends * interval '1 minute') AT TIME ZONE zone
            WHEN began > ends AND minute >= began THEN (today + interval '1 day' + ends * interval '1 minute') AT TIME ZONE zone
        END
        FROM (
            SELECT date_trunc('day', there) AS today, date_part('hour', there) * 60 + date_part('minute', there) AS minute
            FROM (SELECT moment AT TIME ZONE zone AS there) AS local
        ) AS clock
    );
