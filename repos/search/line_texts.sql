-- The texts of some files of an index, without those that are large.
SELECT path, text
FROM repos_document
WHERE index_id = %(index)s AND is_live AND path = ANY(%(paths)s) AND size <= %(most)s
