-- How many live files are linked to each of some files, by their path's key.
UPDATE repos_graphfile f SET in_degree = n.degree
FROM (
    SELECT k.key, (
        SELECT count(*) FROM repos_graphfile s JOIN repos_document d ON d.id = s.document_id
        WHERE s.targets @> ARRAY[k.key] AND d.is_live
    ) AS degree
    FROM unnest(%(keys)s::bigint[]) AS k (key)
) n
WHERE f.path_key = n.key AND f.in_degree <> n.degree
