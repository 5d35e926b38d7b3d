-- Documents whose edges are made, of a whole index or (documents not null) some of them.
SELECT d.id, d.path, d.language, d.role, coalesce(r.keys, '{}'), coalesce(r.places, '{}'), coalesce(r.imports, '')
FROM repos_document d LEFT JOIN repos_graphreferences r ON r.document_id = d.id
WHERE d.index_id = %(index)s AND d.is_live
  AND (%(documents)s::bigint[] IS NULL OR d.id = ANY(%(documents)s))
ORDER BY d.id
