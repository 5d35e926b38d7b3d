SELECT {columns}
FROM repos_graphdefinition s
JOIN repos_document d ON d.id = s.document_id
WHERE d.index_id = %(index)s AND d.path = ANY(%(paths)s)
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
ORDER BY d.path, s.position
