-- Chunks nearest to the question, of one HNSW graph or of all indexes without one.
-- The places in braces are filled in by statement.py.
SELECT e.chunk_id AS id, 1 - ({vector} <=> {question}) AS score
FROM repos_embedding e {join}
WHERE {condition} AND e.embedder = {embedder} {scope}
  AND e.chunk_id NOT IN (
      SELECT s.id FROM repos_chunk s
      WHERE s.index_id IN (SELECT id FROM allowed) AND NOT s.is_live
      UNION ALL
      SELECT s.id FROM repos_chunk s
      WHERE s.index_id IN (SELECT id FROM allowed) AND s.is_live IS NULL
        AND s.document_id NOT IN (SELECT id FROM kept)
      UNION ALL
      SELECT s.id FROM repos_chunk s
      WHERE s.document_id = ANY(ARRAY(SELECT id FROM newer))
  )
ORDER BY {vector} <=> {question}
LIMIT {candidates}
