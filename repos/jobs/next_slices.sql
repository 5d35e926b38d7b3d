-- Jobs that wait for their vectors, in turn: first the person whose last slice is longest ago,
-- running ones included, then of their jobs the one whose last slice is; new ones come first.
SELECT id
FROM (
    SELECT id, state, vectors_at, created_at,
           bool_or(state = 'running') OVER person AS served_now,
           max(vectors_at) OVER person AS served_at
    FROM repos_indexjob
    WHERE phase = 'vectors' AND state IN ('queued', 'running')
    WINDOW person AS (PARTITION BY requested_by_id)
) AS jobs
WHERE state = 'queued'
ORDER BY served_now, served_at NULLS FIRST, vectors_at NULLS FIRST, created_at, id
LIMIT 8
