DROP INDEX balloons_faded_idx;
DROP TABLE job_schedules;
