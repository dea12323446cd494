-- What a request with an Idempotency-Key was answered, for whoever repeats it. Without a status it is still at work.
CREATE TABLE idempotency_keys (
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    key          text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
    request      bytea NOT NULL CHECK (octet_length(request) = 32),
    claimed_at   timestamptz NOT NULL,
    status       smallint CHECK (status BETWEEN 200 AND 299),
    content_type text,
    body         bytea,
    PRIMARY KEY (user_id, key)
);

CREATE INDEX idempotency_keys_claimed_at_idx ON idempotency_keys (claimed_at);
