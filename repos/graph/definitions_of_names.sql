-- The live definitions of names, by their keys. A key belongs to one index.
SELECT {columns}
FROM repos_graphdefinition s
JOIN repos_document d ON d.id = s.document_id AND d.is_live AND d.index_id = %(index)s
WHERE s.key = ANY(%(keys)s)
LIMIT %(limit)s
