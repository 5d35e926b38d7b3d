-- The live documents that use a name, each with the packed places of it.
SELECT d.path, d.language, d.role, r.places[array_position(r.keys, %(key)s)], d.id
FROM repos_graphreferences r
JOIN repos_document d ON d.id = r.document_id AND d.is_live AND d.index_id = %(index)s
WHERE r.keys @> ARRAY[%(key)s]::bigint[]
LIMIT %(limit)s
