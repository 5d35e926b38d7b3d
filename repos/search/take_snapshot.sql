-- Holds the current index of a repository that a person may read, at its generation.
WITH readable_index AS (
    SELECT i.id, i.generation, i.commit
    FROM ({readable}) r
    JOIN repos_index i ON i.id = r.current_index_id
    WHERE r.id = %(repository)s
),
hold AS (
    INSERT INTO repos_indexhold (index_id, generation, expires_at)
    SELECT id, generation, now() + make_interval(secs => %(seconds)s) FROM readable_index
    RETURNING id, index_id
)
SELECT h.id, i.id, i.generation, i.commit
FROM hold h
JOIN readable_index i ON i.id = h.index_id
