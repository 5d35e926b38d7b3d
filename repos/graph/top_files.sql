-- The files that matter most by the links between them, of one role or (role null) of all.
SELECT d.path, d.language, d.role, d.lines, f.rank, f.in_degree
FROM repos_document d JOIN repos_graphfile f ON f.document_id = d.id
WHERE d.index_id = %(index)s
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
  AND (%(role)s::text IS NULL OR d.role = %(role)s)
ORDER BY f.rank DESC, d.path COLLATE "C"
LIMIT %(limit)s
