-- The definitions of names at a generation, by their keys. A key belongs to one index.
SELECT {columns}
FROM repos_graphdefinition s
JOIN repos_document d ON d.id = s.document_id AND d.index_id = %(index)s
    AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
WHERE s.key = ANY(%(keys)s)
LIMIT %(limit)s
