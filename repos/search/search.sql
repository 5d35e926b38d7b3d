-- Candidates for hits in one or several repositories: words, vectors, fusion and permission in one statement.
--   bm25   = inner product of a chunk's stored weights with the question's idf weights
--   fused  = bm25 / max(bm25) + weight * minmax(cosine), tests and documentation at 0.8 unless asked for
-- The places in braces are filled in by statement.py from fixed fragments; every value is a parameter.
WITH allowed AS MATERIALIZED (
    -- The current indexes of the given repositories that this person may read: no other is ever read.
    SELECT i.id, i.chunks, i.repository_id, i.commit
    FROM ({readable}) r
    JOIN repos_index i ON i.id = r.current_index_id
    WHERE r.id = ANY(%(repositories)s)
),
total AS (SELECT greatest(sum(chunks), 1)::float8 AS n FROM allowed),
terms AS (
    SELECT t.term, sum(t.count)::float8 AS df
    FROM repos_term t
    WHERE t.index_id IN (SELECT id FROM allowed) AND t.term = ANY(%(terms)s)
    GROUP BY t.term
),
question AS MATERIALIZED (
    SELECT ('{{' || string_agg(term || ':' || round((ln(1 + (n - least(df, n) + 0.5) / (df + 0.5)))::numeric, 5), ',')
            || '}}/1000000000')::sparsevec AS words
    FROM terms, total
),
lexical AS MATERIALIZED (
    SELECT id, score
    FROM (
        SELECT c.id, -(c.words <#> q.words) AS score
        FROM repos_chunk c CROSS JOIN question q
        WHERE c.index_id IN (SELECT id FROM allowed) AND c.is_live AND q.words IS NOT NULL {scope}
        ORDER BY c.words <#> q.words
        LIMIT %(candidates)s
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
           + CASE WHEN c.id IN (SELECT id FROM named) THEN %(named_bonus)s ELSE 0 END
           + CASE WHEN d.path = %(file)s THEN 0.5
                  WHEN %(folder)s <> '' AND starts_with(d.path, %(folder)s) THEN 0.1
                  ELSE 0 END AS score,
           c.id IN (SELECT id FROM named) AS is_named, c.start_column, c.end_column
    FROM fused f
    JOIN repos_chunk c ON c.id = f.id AND c.is_live
    JOIN repos_document d ON d.id = c.document_id AND d.is_live
    WHERE c.index_id IN (SELECT id FROM allowed)
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
