-- The files and folders directly in a folder: name, whether a folder, files below, lines of a file.
SELECT
    split_part(substr(path, %(skip)s), '/', 1) AS name,
    strpos(substr(path, %(skip)s), '/') > 0 AS is_folder,
    count(*) AS files,
    max(lines) AS lines
FROM repos_document
WHERE index_id = %(index)s AND path LIKE %(pattern)s
  AND added_in <= %(generation)s AND (is_live OR retired_in > %(generation)s)
GROUP BY name, is_folder
ORDER BY is_folder DESC, lower(split_part(substr(min(path), %(skip)s), '/', 1)), name
LIMIT %(limit)s
