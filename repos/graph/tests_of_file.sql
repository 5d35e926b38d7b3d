-- The tests that are linked to a file: those named after it first, then by weight.
SELECT u.path, u.language, u.role, u.kinds, u.weight
FROM (
    SELECT d.path, d.language, d.role, f.kinds[n.number] AS kinds, f.weights[n.number] AS weight
    FROM repos_graphfile f
    JOIN repos_document d ON d.id = f.document_id AND d.index_id = %(index)s
        AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
    CROSS JOIN LATERAL (SELECT array_position(f.targets, %(key)s) AS number) AS n
    WHERE f.targets @> ARRAY[%(key)s]::bigint[] AND d.role = 'test'
    LIMIT %(looked_at)s
) AS u
ORDER BY u.kinds & %(test)s DESC, u.weight DESC, u.path COLLATE "C"
LIMIT %(limit)s
