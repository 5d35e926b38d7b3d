-- What links between files add to the hits of `search.sql`; link_bonus.py fills in the weights.
--   own    = a file's best passage + a part of its next ones; seeds = the best files
--   hop    = from the seeds to files whose names they use, to files that use theirs, and one step on
--   bonus  = (hop, damped by own + names in the question + the seeds' tests or code) * role
own AS MATERIALIZED (
    SELECT document_id, index_id,
           max(score) + {support} * coalesce(sum(score) FILTER (WHERE place BETWEEN 2 AND {supporters} + 1), 0) AS score
    FROM (
        SELECT document_id, index_id, score, row_number() OVER (PARTITION BY document_id ORDER BY score DESC) AS place FROM scored
    ) AS placed
    GROUP BY document_id, index_id
),
best AS (SELECT max(score) AS score FROM own),
seeds AS MATERIALIZED (
    SELECT own.document_id, own.index_id, own.score / nullif(best.score, 0) AS share
    FROM own CROSS JOIN best WHERE own.score > 0 ORDER BY own.score DESC, own.document_id LIMIT {seed_files}
),
said AS MATERIALIZED (
    -- The names of whose parts the question says some, and the share of them.
    SELECT n.id, count(*)::float8 / min(cardinality(n.parts)) AS share
    FROM allowed a
    CROSS JOIN unnest(%(terms)s::bigint[]) AS term
    JOIN repos_name n ON n.parts @> ARRAY[(a.id << 32) | term]
    GROUP BY n.id
),
used AS MATERIALIZED (
    SELECT l.target_id AS document_id, sum(s.share * l.weight * ({unsaid} + (1 - {unsaid}) * coalesce(m.share, 0))) AS score
    FROM seeds s JOIN repos_link l ON l.source_id = s.document_id {target_scope}
    LEFT JOIN said m ON m.id = l.name_id
    GROUP BY 1
),
using_seeds AS MATERIALIZED (
    SELECT l.source_id AS document_id, sum(s.share * l.weight * ({unsaid} + (1 - {unsaid}) * coalesce(m.share, 0))) AS score
    FROM seeds s JOIN repos_link l ON l.target_id = s.document_id {source_scope}
    LEFT JOIN said m ON m.id = l.name_id
    GROUP BY 1
),
second_seeds AS MATERIALIZED (
    SELECT document_id, score / nullif(max(score) OVER (), 0) AS share
    FROM used WHERE document_id NOT IN (SELECT document_id FROM seeds)
    ORDER BY score DESC, document_id LIMIT {seed_files}
),
used_by_used AS MATERIALIZED (
    SELECT l.target_id AS document_id, sum(s.share * l.weight * ({unsaid} + (1 - {unsaid}) * coalesce(m.share, 0))) AS score
    FROM second_seeds s JOIN repos_link l ON l.source_id = s.document_id {target_scope}
    LEFT JOIN said m ON m.id = l.name_id
    GROUP BY 1
),
defined AS (
    -- Identifiers of the question by name, runs of its words by squashed name.
    SELECT document_id, sum(score) AS score
    FROM (
        SELECT unnest(n.documents) AS document_id, 1::float8 / n.files AS score
        FROM allowed i
        CROSS JOIN unnest(%(identifiers)s::text[]) AS spelled
        JOIN repos_name n ON n.index_id = i.id AND n.name = spelled
    ) AS by_name
    GROUP BY 1
),
worded AS (
    SELECT document_id, sum(score) AS score
    FROM (
        SELECT unnest(n.documents) AS document_id, 1::float8 / n.files AS score
        FROM allowed i
        CROSS JOIN unnest(%(word_runs)s::text[]) AS run
        JOIN repos_name n ON n.index_id = i.id AND n.squashed = run
    ) AS by_words
    GROUP BY 1
),
paired AS (
    -- The tests of seeds that are code, the code of seeds that are tests; a key of many files pairs none.
    SELECT document_id, sum(share) AS score
    FROM (
        SELECT other.id AS document_id, other.role = 'test' AS is_test, seed.role = 'test' AS seed_is_test, s.share,
               count(*) FILTER (WHERE other.role = 'code') OVER (PARTITION BY s.document_id) AS code_files
        FROM seeds s
        JOIN repos_document seed ON seed.id = s.document_id
        JOIN repos_document other
          ON other.index_id = s.index_id AND other.pair_key = seed.pair_key AND other.pair_key <> '' AND other.is_live
    ) AS same_key
    WHERE is_test <> seed_is_test AND code_files <= {pairs}
    GROUP BY document_id
),
parts AS (
    SELECT document_id, {used_weight} * score / nullif(max(score) OVER (), 0) AS used,
           0 AS uses, 0 AS used_by_used, 0 AS defined, 0 AS paired FROM used
    UNION ALL
    SELECT document_id, 0, {uses_weight} * score / nullif(max(score) OVER (), 0), 0, 0, 0 FROM using_seeds
    UNION ALL
    SELECT document_id, 0, 0, {second_weight} * score / nullif(max(score) OVER (), 0), 0, 0 FROM used_by_used
    UNION ALL
    SELECT document_id, 0, 0, 0, {defined_weight} * score, 0 FROM defined
    UNION ALL
    SELECT document_id, 0, 0, 0, {worded_weight} * score, 0 FROM worded
    UNION ALL
    SELECT document_id, 0, 0, 0, 0, {paired_weight} * score / nullif(max(score) OVER (), 0) FROM paired
),
linked AS MATERIALIZED (
    -- Of files with passages, and of those that may bring one.
    SELECT p.*, own.document_id IS NULL AS is_missing, coalesce(own.score / nullif(best.score, 0), 0) AS own_share
    FROM (
        SELECT document_id, sum(used) AS used, sum(uses) AS uses, sum(used_by_used) AS used_by_used,
               sum(defined) AS defined, sum(paired) AS paired
        FROM parts GROUP BY document_id
    ) AS p
    LEFT JOIN own USING (document_id)
    CROSS JOIN best
    WHERE own.document_id IS NOT NULL OR p.used + p.uses + p.used_by_used + p.defined + p.paired > {least_bonus}
),
bonus AS MATERIALIZED (
    SELECT p.*, d.path, d.language, d.role,
           ((p.used + p.uses + p.used_by_used) * (1 - {damping} * p.own_share) + p.defined + p.paired) * role.factor AS score,
           role.factor
    FROM linked p
    JOIN repos_document d ON d.id = p.document_id {document_scope}
    JOIN allowed i ON i.id = d.index_id
        AND d.added_in <= i.generation AND (d.is_live OR d.retired_in > i.generation)
    CROSS JOIN LATERAL (SELECT CASE WHEN d.role = ANY(%(full_score_roles)s) THEN 1.0 ELSE 0.8 END AS factor) AS role
),
brought AS MATERIALIZED (
    -- Files without a passage among the candidates bring their best one; the columns are those of `scored`.
    SELECT passage.id, passage.index_id, missing.document_id, missing.path, missing.language, missing.role,
           passage.start, passage."end", passage.symbol, passage.words, NULL::float8 AS cosine,
           coalesce(passage.words / nullif((SELECT top FROM spread), 0), 0) * missing.factor AS score,
           false AS is_named, passage.start_column, passage.end_column
    FROM (
        SELECT * FROM bonus WHERE is_missing AND score > {least_bonus}
        ORDER BY score DESC, document_id LIMIT {most_brought}
    ) AS missing
    CROSS JOIN LATERAL (
        SELECT c.id, c.index_id, c.start, c."end", c.symbol, c.start_column, c.end_column, -(c.words <#> q.words) AS words
        FROM repos_chunk c CROSS JOIN question q
        WHERE c.document_id = missing.document_id
        ORDER BY c.words <#> q.words, c.start, c.start_column
        LIMIT 1
    ) AS passage
)
