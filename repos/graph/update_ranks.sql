UPDATE repos_graphfile f SET in_degree = n.degree, rank = n.rank
FROM unnest(%(documents)s::bigint[], %(degrees)s::int[], %(ranks)s::float8[]) AS n (document, degree, rank)
WHERE f.document_id = n.document
