-- The definitions at a generation whose name holds a text, whatever the case of its letters.
SELECT s.document_id, s.name, s.scope, s.start, s."end", s.signature
FROM repos_document d
JOIN repos_graphdefinition s ON s.document_id = d.id
WHERE d.index_id = %(index)s
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
  AND position(%(part)s in lower(s.name)) > 0
LIMIT %(limit)s
