-- The links of a file at a generation, by weight: those from it (true) and those to it (false).
(SELECT true, t.path, t.language, t.role, e.kinds, e.weight
 FROM repos_graphfile f
 JOIN repos_document d ON d.id = f.document_id AND d.index_id = %(index)s
    AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
 CROSS JOIN LATERAL unnest(f.targets, f.kinds, f.weights) AS e (target, kinds, weight)
 JOIN repos_graphfile g ON g.path_key = e.target
 JOIN repos_document t ON t.id = g.document_id AND t.index_id = %(index)s
    AND t.added_in <= %(at)s AND (t.is_live OR t.retired_in > %(at)s)
 WHERE f.path_key = %(key)s
 ORDER BY e.weight DESC, t.path COLLATE "C" LIMIT %(limit)s)
UNION ALL
(SELECT false, u.path, u.language, u.role, u.kinds, u.weight
 FROM (
     SELECT d.path, d.language, d.role, f.kinds[n.number] AS kinds, f.weights[n.number] AS weight
     FROM repos_graphfile f
     JOIN repos_document d ON d.id = f.document_id AND d.index_id = %(index)s
    AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
     CROSS JOIN LATERAL (SELECT array_position(f.targets, %(key)s) AS number) AS n
     WHERE f.targets @> ARRAY[%(key)s]::bigint[]
     LIMIT %(looked_at)s
 ) AS u
 ORDER BY u.weight DESC, u.path COLLATE "C" LIMIT %(limit)s)
