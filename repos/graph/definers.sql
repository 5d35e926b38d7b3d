-- Which documents define names, of a whole index or (keys not null) of some names.
SELECT DISTINCT s.key, s.document_id
FROM repos_graphdefinition s JOIN repos_document d ON d.id = s.document_id
WHERE d.index_id = %(index)s AND d.is_live
  AND (%(keys)s::bigint[] IS NULL OR s.key = ANY(%(keys)s))
