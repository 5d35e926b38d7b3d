-- The live documents that use a name which is newly or no longer defined, or are linked to a path
-- that is new or gone.
(SELECT r.document_id
 FROM repos_graphreferences r JOIN repos_document d ON d.id = r.document_id
 WHERE r.keys && %(keys)s::bigint[] AND d.index_id = %(index)s AND d.is_live
 LIMIT %(limit)s)
UNION
(SELECT f.document_id
 FROM repos_graphfile f JOIN repos_document d ON d.id = f.document_id
 WHERE f.targets && %(paths)s::bigint[] AND d.index_id = %(index)s AND d.is_live
 LIMIT %(limit)s)
