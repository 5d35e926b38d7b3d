-- The files of an index at a generation with their links, those of the highest rank first.
SELECT d.path, d.language, d.role, d.lines, d.size, coalesce(f.rank, 1), coalesce(f.in_degree, 0),
       f.path_key, f.targets, f.kinds, f.weights
FROM repos_document d LEFT JOIN repos_graphfile f ON f.document_id = d.id
WHERE d.index_id = %(index)s
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
ORDER BY f.rank DESC NULLS LAST, d.path COLLATE "C"
LIMIT %(limit)s
