SELECT d.id, d.path, d.language, r.keys, r.places, r.imports, d.text
FROM repos_document d JOIN repos_graphreferences r ON r.document_id = d.id
WHERE d.index_id = %(index)s AND d.path = %(path)s
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
