-- Jobs that wait for their words, each with its place from 1. Of one person the n-th counts as
-- n more than the jobs they have running or had started since %(since)s; fewest come first.
SELECT id, row_number() OVER (ORDER BY turn, created_at, id) AS place
FROM (
    SELECT job.id, job.created_at, coalesce(recent.jobs, 0) + row_number() OVER (
        PARTITION BY job.requested_by_id ORDER BY job.created_at, job.id
    ) AS turn
    FROM repos_indexjob AS job
    LEFT JOIN (
        SELECT requested_by_id, count(*) AS jobs
        FROM repos_indexjob
        WHERE (state = 'running' OR started_at > %(since)s)
          AND NOT (state = 'queued' AND phase = 'words')
        GROUP BY requested_by_id
    ) AS recent ON recent.requested_by_id IS NOT DISTINCT FROM job.requested_by_id
    WHERE job.state = 'queued' AND job.phase = 'words'
) AS turns
