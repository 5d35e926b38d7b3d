-- Of each pair of files that a link joins, whatever its names.
SELECT DISTINCT source_id, target_id FROM repos_link
WHERE source_id = ANY(%(documents)s) AND target_id = ANY(%(documents)s)
