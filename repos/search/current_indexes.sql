SELECT i.id, i.repository_id, i.commit, i.chunks, i.format, i.updated_at, {latest} AS generation,
       false AS is_behind
FROM ({readable}) r
JOIN repos_index i ON i.id = r.current_index_id
WHERE r.id = {wanted}
