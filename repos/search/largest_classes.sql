-- The three classes with the most chunks.
SELECT split_part(c.symbol, '.', 1) AS name
FROM repos_chunk c
WHERE c.index_id = %(index)s AND c.is_live AND c.role = 'code'
  AND c.symbol ~ '^[A-Z][A-Za-z0-9]+[.]'
GROUP BY 1
ORDER BY count(*) DESC, 1
LIMIT 3
