-- What files offer or need, of one kind or (kind null) of all: of each kind some, code first.
SELECT u.kind, u.name, u.line, u.target, u.path, u.language, u.role
FROM (
    SELECT a.*, d.path, d.language, d.role, row_number() OVER (
        PARTITION BY a.kind ORDER BY d.role <> 'code', d.path COLLATE "C", a.line, a.position
    ) AS number
    FROM repos_document d JOIN repos_graphartifact a ON a.document_id = d.id
    WHERE d.index_id = %(index)s
      AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
      AND (%(kind)s::int IS NULL OR a.kind = %(kind)s)
) AS u
WHERE u.number <= %(per_kind)s
ORDER BY u.kind, u.number
