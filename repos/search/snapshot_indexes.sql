SELECT i.id, i.repository_id, s.commit, i.chunks, i.format, i.updated_at, s.generation,
       i.generation > s.generation AS is_behind
FROM {wanted} AS s (index_id, generation, commit)
JOIN repos_index i ON i.id = s.index_id
JOIN ({readable}) r ON r.id = i.repository_id
-- Closed: its host no longer lets it be read.
WHERE r.closed_at IS NULL
  AND (
      i.generation = s.generation
      OR EXISTS (
          SELECT FROM repos_indexhold h
          WHERE h.index_id = i.id AND h.generation = s.generation AND h.expires_at > now()
      )
  )
