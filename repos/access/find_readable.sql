-- The repository at an address that a person may read, with its current index.
-- Their own private one comes before those shared with them, and these before the public one.
-- The places in braces are filled in by permissions.py; every value is a parameter.
SELECT r.*, {index_columns}
FROM ({readable}) r
LEFT JOIN repos_index i ON i.id = r.current_index_id
WHERE r.url = %(url)s
  AND r.revision = %(revision)s
  AND (NOT %(own)s OR (r.is_private AND r.added_by_id = %(user)s))
ORDER BY r.is_private DESC, (r.added_by_id IS NOT DISTINCT FROM %(user)s) DESC, r.created_at
LIMIT 1
