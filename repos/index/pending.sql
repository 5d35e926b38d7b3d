-- The next chunks of an index, by id, that have no vector by an embedder.
SELECT c.id, c.document_id, c.symbol, c.start, c."end", c.start_column, c.end_column
FROM repos_chunk c
WHERE c.index_id = %(index)s
  AND c.id > %(after)s
  AND NOT EXISTS (
      SELECT 1 FROM repos_embedding e WHERE e.chunk_id = c.id AND e.embedder = %(embedder)s
  )
ORDER BY c.id
LIMIT %(limit)s
