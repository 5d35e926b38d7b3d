-- The definitions at a generation whose name holds a text, below a scope that holds another, whatever
-- the case of their letters: the exact name first, then names that begin with the text, those of
-- tests last, short ones before long ones.
SELECT d.path, s.name, s.scope, min(s.start)
FROM repos_document d
JOIN repos_graphdefinition s ON s.document_id = d.id
WHERE d.index_id = %(index)s
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
  AND position(%(name)s in lower(s.name)) > 0
  AND position(%(scope)s in lower(s.scope)) > 0
GROUP BY d.path, d.role, s.name, s.scope
ORDER BY
    lower(s.name) = %(name)s DESC,
    starts_with(lower(s.name), %(name)s) DESC,
    d.role = 'test',
    length(s.name),
    s.name,
    d.path
LIMIT %(limit)s
