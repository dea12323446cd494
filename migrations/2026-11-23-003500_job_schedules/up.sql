-- When each recurring job was enqueued last: whoever moves the time enqueues it, however many ask.
CREATE TABLE job_schedules (
    task    text PRIMARY KEY,
    every   interval NOT NULL,
    last_at timestamptz NOT NULL
);

-- For deleting the balloons that nobody caught, once no rule asks for them any more.
CREATE INDEX balloons_faded_idx ON balloons (sent_at) WHERE state <> 'caught';
