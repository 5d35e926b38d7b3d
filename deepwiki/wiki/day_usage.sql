-- What models took on each day since a time to write, update and translate wikis: columns as those of usage_by_day.sql in
-- chat.services, for the person in whose day tokens count, see day_tokens.sql, or (no person) for everybody.
SELECT (coalesce(b.heartbeat_at, b.created_at) AT TIME ZONE %(zone)s)::date, b.provider, b.model, 0,
       sum(b.input_tokens), sum(b.output_tokens), nullif(sum(b.cost), 0)
FROM wiki_wikibuild b
JOIN wiki_wiki w ON w.id = b.wiki_id
JOIN repos_repository r ON r.id = w.repository_id
WHERE b.model <> '' AND coalesce(b.heartbeat_at, b.created_at) >= %(since)s
  AND (%(person)s::bigint IS NULL OR coalesce(b.requested_by_id, r.added_by_id) = %(person)s)
GROUP BY 1, 2, 3
UNION ALL
SELECT (f.created_at AT TIME ZONE %(zone)s)::date, '', '', 0,
       sum(f.input_tokens), sum(f.output_tokens), nullif(sum(f.cost), 0)
FROM wiki_pagerefresh f
JOIN wiki_wiki w ON w.id = f.wiki_id
JOIN repos_repository r ON r.id = w.repository_id
WHERE f.created_at >= %(since)s
  AND (%(person)s::bigint IS NULL OR coalesce(f.requested_by_id, r.added_by_id) = %(person)s)
GROUP BY 1
UNION ALL
SELECT (t.changed_at AT TIME ZONE %(zone)s)::date, '', '', 0,
       sum(t.input_tokens), sum(t.output_tokens), NULL
FROM wiki_translationrequest t
WHERE t.changed_at >= %(since)s
  AND (%(person)s::bigint IS NULL OR t.requested_by_id = %(person)s)
GROUP BY 1
