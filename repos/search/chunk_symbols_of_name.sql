-- The symbols of chunks at a generation by their last name; spelled as the index chunk_by_name is.
SELECT c.document_id, c.symbol, min(c.start), max(c."end")
FROM repos_chunk c
JOIN repos_document d ON d.id = c.document_id
WHERE c.index_id = %(index)s
  AND lower(substring(c.symbol, '[^.]+$')) = %(name)s
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
GROUP BY c.document_id, c.symbol
ORDER BY c.document_id, min(c.start)
LIMIT %(limit)s
