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
    UNION ALL
    SELECT index_id, sum(coalesce(pg_column_size(blocks), 0) + 130)
    FROM repos_term WHERE %(index)s::bigint IS NULL OR index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT index_id, sum(2 * size + 140)
    FROM repos_posting WHERE %(index)s::bigint IS NULL OR index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT index_id, sum(pg_column_size(parts) + pg_column_size(documents) + 2 * length(name) + 250)
    FROM repos_name WHERE %(index)s::bigint IS NULL OR index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT index_id, sum(pg_column_size(uses) + pg_column_size(defines) + 90)
    FROM repos_identifiers WHERE %(index)s::bigint IS NULL OR index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT n.index_id, count(*) * 110
    FROM repos_link l JOIN repos_name n ON n.id = l.name_id
    WHERE %(index)s::bigint IS NULL OR n.index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT d.index_id, sum(pg_column_size(s.signature) + pg_column_size(s.comment) + 180)
    FROM repos_graphdefinition s JOIN repos_document d ON d.id = s.document_id
    WHERE %(index)s::bigint IS NULL OR d.index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT d.index_id, sum(2 * pg_column_size(r.keys) + pg_column_size(r.places) + 150)
    FROM repos_graphreferences r JOIN repos_document d ON d.id = r.document_id
    WHERE %(index)s::bigint IS NULL OR d.index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT d.index_id, sum(2 * pg_column_size(f.targets) + pg_column_size(f.bindings) + 250)
    FROM repos_graphfile f JOIN repos_document d ON d.id = f.document_id
    WHERE %(index)s::bigint IS NULL OR d.index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT d.index_id, sum(pg_column_size(a.name) + pg_column_size(a.target) + 90)
    FROM repos_graphartifact a JOIN repos_document d ON d.id = a.document_id
    WHERE %(index)s::bigint IS NULL OR d.index_id = %(index)s GROUP BY 1
    UNION ALL
    SELECT d.index_id, sum(2 * pg_column_size(t.numbers) + 90)
    FROM repos_trigrams t JOIN repos_document d ON d.id = t.document_id
    WHERE %(index)s::bigint IS NULL OR d.index_id = %(index)s GROUP BY 1
) AS parts
GROUP BY 1
