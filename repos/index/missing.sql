-- How many vectors by the given embedders an index lacks.
SELECT (SELECT count(*) FROM repos_chunk WHERE index_id = %(index)s)
       * cardinality(%(embedders)s::text[])
       - (SELECT count(*) FROM repos_embedding
          WHERE index_id = %(index)s AND embedder = ANY(%(embedders)s))
