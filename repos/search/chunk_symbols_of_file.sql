-- The symbols of the chunks of a file, each with the lines of its chunks.
SELECT c.document_id, c.symbol, min(c.start), max(c."end")
FROM repos_document d
JOIN repos_chunk c ON c.document_id = d.id AND c.is_live
WHERE d.index_id = %(index)s AND d.path = %(path)s AND d.is_live AND c.symbol <> ''
GROUP BY c.document_id, c.symbol
ORDER BY min(c.start), c.symbol
LIMIT %(limit)s
