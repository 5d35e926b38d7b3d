-- Documents that may match, of the indexes that this person may read.
-- The places in braces are filled in by candidates.py from fixed fragments; every value is a parameter.
WITH allowed AS MATERIALIZED (
    SELECT i.id, i.commit, i.format, i.repository_id, i.generation FROM ({readable_indexes}) i
)
SELECT a.repository_id, a.commit, a.id AS index_id, d.id, d.path, d.language, d.role, d.size
FROM allowed a
CROSS JOIN LATERAL ({candidates}) c
JOIN repos_document d ON d.id = c.document_id AND d.index_id = a.id
    AND d.added_in <= a.generation AND (d.is_live OR d.retired_in > a.generation)
WHERE (%(languages)s::text[] = '{{}}' OR d.language = ANY(%(languages)s))
  AND d.language <> ALL(%(excluded_languages)s)
  {scope}
ORDER BY d.role <> 'code', d.role <> 'test', d.path, d.id
LIMIT %(limit)s
