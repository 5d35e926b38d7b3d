-- The texts of some files of an index, without those that are large.
SELECT path, text
FROM repos_document
WHERE index_id = %(index)s AND path = ANY(%(paths)s)
  AND added_in <= %(generation)s AND (is_live OR retired_in > %(generation)s)
  AND size <= %(most)s
