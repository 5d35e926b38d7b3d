-- Candidates for hits in one or several repositories: words, vectors, fusion and permission in one statement.
--   bm25   = inner product of a chunk's stored weights with the question's idf weights
--   fused  = bm25 / max(bm25) + weight * minmax(cosine), tests and documentation at 0.8 unless asked for
-- The places in braces are filled in by statement.py from fixed fragments; every value is a parameter.
WITH allowed AS MATERIALIZED (
    -- The indexes that this person may read: no other is ever read.
    SELECT i.id, i.chunks, i.repository_id, i.commit, i.generation, i.is_behind,
           i.format >= %(postings_format)s AS has_postings
    FROM ({readable_indexes}) i
),
kept AS MATERIALIZED (
    -- Documents that updates replaced and a snapshot still shows.
    SELECT d.id
    FROM allowed i
    JOIN repos_document d ON d.index_id = i.id
    WHERE d.is_live IS NULL AND d.added_in <= i.generation AND d.retired_in > i.generation
),
newer AS MATERIALIZED (
    -- Documents of updates since a snapshot, which does not show them.
    SELECT d.id
    FROM allowed i
    JOIN repos_document d ON d.index_id = i.id
    WHERE i.is_behind AND d.is_live AND d.added_in > i.generation
),
total AS (SELECT greatest(sum(chunks), 1)::float8 AS n FROM allowed),
-- Those of which postings choose the chunks to score; of the others every chunk is scored.
chosen AS MATERIALIZED (
    SELECT id FROM allowed i
    WHERE has_postings AND (SELECT n FROM total) * %(share)s >= %(min_chunks)s
      -- Tables that were made again are empty. The order makes it one look into the index of
      -- terms: without it the planner may read the terms of all other indexes first.
      AND (SELECT true FROM repos_term t WHERE t.index_id = i.id AND t.blocks IS NOT NULL ORDER BY t.term LIMIT 1)
),
scanned AS MATERIALIZED (SELECT id FROM allowed EXCEPT SELECT id FROM chosen),
asked AS MATERIALIZED (
    SELECT t.index_id, t.term, t.count, t.weight, t.blocks
    FROM repos_term t
    WHERE t.index_id IN (SELECT id FROM allowed) AND t.term = ANY(%(terms)s)
),
terms AS MATERIALIZED (
    SELECT term, ln(1 + (n - least(df, n) + 0.5) / (df + 0.5)) AS idf
    FROM (SELECT term, sum(count)::float8 AS df FROM asked GROUP BY term) counted, total
),
question AS MATERIALIZED (
    SELECT ('{{' || string_agg(term || ':' || round(idf::numeric, 5), ',') || '}}/1000000000')::sparsevec AS words
    FROM terms
),
-- Rows of postings, those that add most to a score first, until they name enough blocks.
gains AS MATERIALIZED (
    SELECT base, blocks, short_blocks, gain
    FROM (
        SELECT base, blocks, short_blocks, gain,
               sum(size) OVER (ORDER BY gain DESC ROWS UNBOUNDED PRECEDING) - size AS before
        FROM (
            SELECT p.base, p.blocks, NULL::int[] AS short_blocks, p.size, p.weight * t.idf AS gain
            FROM chosen i
            CROSS JOIN terms t
            JOIN repos_posting p ON p.index_id = i.id AND p.term = t.term
            UNION ALL
            SELECT 0, NULL, s.blocks, cardinality(s.blocks), s.weight * t.idf
            FROM asked s
            JOIN chosen i ON i.id = s.index_id
            JOIN terms t ON t.term = s.term
            WHERE s.blocks IS NOT NULL
        ) postings
    ) ordered
    WHERE before < %(read_factor)s * (SELECT n FROM total) ^ 0.8
),
blocks AS MATERIALIZED (
    SELECT 4 * block::bigint AS first
    FROM (
        SELECT base + unnest(blocks) AS block, gain FROM gains WHERE blocks IS NOT NULL
        UNION ALL
        SELECT unnest(short_blocks), gain FROM gains WHERE short_blocks IS NOT NULL
    ) named
    GROUP BY block
    ORDER BY sum(gain) DESC, block
    LIMIT (SELECT ((%(min_blocks)s + %(block_factor)s * sqrt(n)) / %(share)s)::bigint FROM total)
),
lexical AS MATERIALIZED (
    SELECT id, score
    FROM (
        SELECT c.id, -(c.words <#> q.words) AS score
        FROM repos_chunk c CROSS JOIN question q
        WHERE c.index_id IN (SELECT id FROM scanned) AND c.is_live AND q.words IS NOT NULL
          AND c.document_id NOT IN (SELECT id FROM newer) {scope}
        UNION ALL
        SELECT c.id, -(c.words <#> q.words)
        FROM repos_chunk c CROSS JOIN question q
        -- One scan of the primary key in its order.
        WHERE c.id = ANY(ARRAY(SELECT first + place FROM blocks CROSS JOIN generate_series(0, 3) AS place))
          AND c.index_id IN (SELECT id FROM chosen) AND c.is_live
          AND c.document_id NOT IN (SELECT id FROM newer) {scope}
        UNION ALL
        SELECT c.id, -(c.words <#> q.words)
        FROM kept k
        JOIN repos_chunk c ON c.document_id = k.id
        CROSS JOIN question q
        WHERE q.words IS NOT NULL {scope}
        ORDER BY score DESC
        LIMIT {candidates}
    ) best
    WHERE score > 0  -- a chunk with none of the words is no hit
),
semantic AS MATERIALIZED ({vectors}),
named AS MATERIALIZED ({named}),
spread AS (
    SELECT (SELECT max(score) FROM lexical) AS top,
           (SELECT min(score) FROM semantic) AS low,
           (SELECT max(score) FROM semantic) AS high
),
fused AS (
    SELECT id, l.score AS words, s.score AS cosine,
           coalesce(l.score / nullif(spread.top, 0), 0)
           + %(semantic_weight)s * coalesce((s.score - spread.low) / nullif(spread.high - spread.low, 0), 0) AS score
    FROM lexical l FULL JOIN semantic s USING (id) FULL JOIN named USING (id) CROSS JOIN spread
),
scored AS MATERIALIZED (
    SELECT c.id, c.index_id, c.document_id, d.path, d.language, c.role, c.start, c."end", c.symbol, f.words, f.cosine,
           f.score * CASE WHEN c.role = ANY(%(full_score_roles)s) THEN 1.0 ELSE 0.8 END
           + CASE WHEN c.id IN (SELECT id FROM named) THEN {named_bonus} ELSE 0 END
           + CASE WHEN d.path = %(file)s THEN 0.5
                  WHEN %(folder)s <> '' AND starts_with(d.path, %(folder)s) THEN 0.1
                  ELSE 0 END AS score,
           c.id IN (SELECT id FROM named) AS is_named, c.start_column, c.end_column
    FROM fused f
    JOIN repos_chunk c ON c.id = f.id
    JOIN allowed i ON i.id = c.index_id
    JOIN repos_document d ON d.id = c.document_id
    WHERE d.added_in <= i.generation AND (d.is_live OR d.retired_in > i.generation)
),
{links}
SELECT i.repository_id, i.commit, h.document_id, h.path, h.language, h.role, h.start, h."end", h.symbol,
       h.words, h.cosine, h.score, h.is_named, h.start_column, h.end_column,
       coalesce(b.score, 0), coalesce(b.used, 0), coalesce(b.uses, 0), coalesce(b.used_by_used, 0),
       coalesce(b.defined, 0), coalesce(b.paired, 0)
FROM (SELECT * FROM scored UNION ALL SELECT * FROM brought) AS h
JOIN allowed i ON i.id = h.index_id
LEFT JOIN bonus b ON b.document_id = h.document_id
ORDER BY h.score + coalesce(b.score, 0) DESC, h.path, h.start, h.start_column
LIMIT %(limit)s
