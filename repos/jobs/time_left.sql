-- How many seconds a job needs until it has its vectors, beside the others that compute theirs.
-- A slice goes to each person in turn, and to each of their jobs: until the job is done, another
-- job of the same person gets as much time at most, and so do all jobs of another person.
WITH unfinished AS (
    SELECT id, requested_by_id, greatest(total - progress, 0) AS vectors,
           worked_seconds / nullif(progress, 0) AS pace,
           sum(worked_seconds) OVER () / nullif(sum(progress) OVER (), 0) AS common_pace,
           count(*) FILTER (
               WHERE state = 'running' AND heartbeat_at > %(alive)s
           ) OVER () AS running
    FROM repos_indexjob
    WHERE phase = 'vectors' AND state IN ('queued', 'running')
),
timed AS (
    SELECT id, requested_by_id, running, vectors * coalesce(pace, common_pace) AS seconds
    FROM unfinished
),
job AS (
    SELECT * FROM timed WHERE id = %(job)s
),
of_person AS (
    SELECT sum(least(timed.seconds, job.seconds)) AS seconds
    FROM timed JOIN job ON timed.requested_by_id IS NOT DISTINCT FROM job.requested_by_id
),
of_others AS (
    SELECT coalesce(sum(least(person.seconds, of_person.seconds)), 0) AS seconds
    FROM of_person, (
        SELECT sum(timed.seconds) AS seconds
        FROM timed JOIN job ON timed.requested_by_id IS DISTINCT FROM job.requested_by_id
        GROUP BY timed.requested_by_id
    ) AS person
)
SELECT greatest(
    job.seconds, (of_person.seconds + of_others.seconds) / greatest(job.running, 1)
)
FROM job, of_person, of_others
