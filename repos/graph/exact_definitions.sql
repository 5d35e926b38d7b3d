-- The definitions of a name at a generation, by its key.
SELECT s.document_id, s.name, s.scope, s.start, s."end", s.signature
FROM repos_graphdefinition s
JOIN repos_document d ON d.id = s.document_id AND d.index_id = %(index)s
    AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
WHERE s.key = %(key)s
LIMIT %(limit)s
