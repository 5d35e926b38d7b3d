-- Chunks of the symbols and files that the question names; statement.py fills in the scope.
SELECT c.id FROM repos_chunk c
WHERE c.index_id IN (SELECT id FROM allowed) AND c.is_live
  AND (lower(substring(c.symbol from '[^.]+$')) = ANY(%(named_symbols)s)
       OR c.document_id IN (
           SELECT id FROM repos_document n
           WHERE n.index_id IN (SELECT id FROM allowed) AND lower(n.path) LIKE ANY(%(named_paths)s)
       )) {scope}
LIMIT 100
