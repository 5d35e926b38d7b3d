-- The documents that use a name at a generation, each with the packed places of it.
SELECT d.path, d.language, d.role, r.places[array_position(r.keys, %(key)s)], 
       f.targets, f.kinds, f.bindings
FROM repos_graphreferences r
JOIN repos_document d ON d.id = r.document_id AND d.index_id = %(index)s
    AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
LEFT JOIN repos_graphfile f ON %(with_links)s AND f.document_id = r.document_id
WHERE r.keys @> ARRAY[%(key)s]::bigint[]
LIMIT %(limit)s
