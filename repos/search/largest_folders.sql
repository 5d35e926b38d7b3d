-- The three folders with the most lines of code, `src/` left out of their names.
SELECT split_part(path, '/', CASE WHEN path LIKE 'src/%%' THEN 2 ELSE 1 END) AS folder
FROM repos_document
WHERE index_id = %(index)s AND is_live AND role = 'code' AND path LIKE '%%/%%'
GROUP BY 1
ORDER BY sum(lines) DESC, 1
LIMIT 3
