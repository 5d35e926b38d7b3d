-- The text of a file of an index that the person may read, at its generation.
SELECT d.text
FROM ({indexes}) i
JOIN repos_document d ON d.index_id = i.id
WHERE d.path = %(path)s
  AND d.added_in <= i.generation AND (d.is_live OR d.retired_in > i.generation)
