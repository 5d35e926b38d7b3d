-- Bytes that each index takes: rows as stored, with a flat amount for PostgreSQL's own per row.
-- %(index)s limits it to one index; NULL means all.
SELECT index_id, sum(bytes)
FROM (
    SELECT index_id, sum(pg_column_size(text) + 300) AS bytes
    FROM repos_document WHERE %(index)s::bigint IS NULL OR index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT index_id, sum(pg_column_size(words) + 150)
    FROM repos_chunk WHERE %(index)s::bigint IS NULL OR index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT index_id, sum(pg_column_size(vector) + 250)
    FROM repos_embedding WHERE %(index)s::bigint IS NULL OR index_id = %(index)s GROUP BY 1
) AS parts
GROUP BY 1
