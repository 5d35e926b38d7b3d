-- The definitions of files whose names most files use, a few of each file. What several files
-- define counts for each in part; members of classes and private names count less.
SELECT {columns}
FROM unnest(%(paths)s::text[]) WITH ORDINALITY AS p (path, place)
JOIN repos_document d ON d.index_id = %(index)s AND d.path = p.path
    AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
CROSS JOIN LATERAL (
    SELECT u.*
    FROM (
        SELECT DISTINCT ON (o.name) o.*,
            coalesce(n.users / greatest(n.files, 1)::float8, 0)
            * CASE WHEN o.kind = ANY(%(main_kinds)s::int[]) THEN 1 ELSE %(of_others)s END
            * CASE WHEN starts_with(o.name, '_') THEN %(of_private)s ELSE 1 END AS weight
        FROM repos_graphdefinition o
        LEFT JOIN repos_name n ON n.index_id = d.index_id AND n.name = o.name
        WHERE o.document_id = d.id AND o.position < %(looked_at)s
        ORDER BY o.name, o.position
    ) AS u
    ORDER BY u.weight DESC, u.position
    LIMIT %(per_file)s
) AS s
ORDER BY p.place, s.weight DESC, s.position
