-- Paths that hold the characters of a name in their order, the likeliest first: those whose
-- last part holds them as they stand, then those that hold them so anywhere, then short ones.
SELECT path
FROM repos_document
WHERE index_id = %(index)s AND path ILIKE %(pattern)s
  AND added_in <= %(generation)s AND (is_live OR retired_in > %(generation)s)
ORDER BY
    path ILIKE %(in_name)s DESC,
    path ILIKE %(together)s DESC,
    length(path),
    path
LIMIT %(limit)s
