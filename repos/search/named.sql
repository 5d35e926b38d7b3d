-- Chunks of the symbols and files that the question names; statement.py fills in the scope.
-- Of each name the first ones come first, so that one with many does not leave out another.
-- The conditions are spelled as the indexes chunk_by_name and document_by_path_end are.
SELECT id
FROM (
    SELECT id, row_number() OVER (PARTITION BY name ORDER BY id) AS place
    FROM (
        SELECT c.id, lower(substring(c.symbol, '[^.]+$')) AS name
        FROM allowed i
        JOIN repos_chunk c
          ON c.index_id = i.id
          AND lower(substring(c.symbol, '[^.]+$')) = ANY(%(named_symbols)s)
        WHERE (c.is_live OR c.document_id IN (SELECT id FROM kept))
          AND c.document_id NOT IN (SELECT id FROM newer) {scope}
        UNION ALL
        SELECT c.id, p.low
        FROM allowed i
        CROSS JOIN unnest(%(path_ends)s::text[], %(path_ends_after)s::text[]) AS p (low, high)
        JOIN repos_document n
          ON n.index_id = i.id
          AND "left"(reverse(lower(n.path)), 200) ~>=~ p.low
          AND "left"(reverse(lower(n.path)), 200) ~<~ p.high
        JOIN repos_chunk c ON c.document_id = n.id
        WHERE (c.is_live OR c.document_id IN (SELECT id FROM kept))
          AND c.document_id NOT IN (SELECT id FROM newer) {scope}
    ) found
) placed
GROUP BY id
ORDER BY min(place), id
LIMIT 100
