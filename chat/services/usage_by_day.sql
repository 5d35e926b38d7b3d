-- What was asked and spent on each day since a time, by model: of one person, or (no person) of
-- everybody. Questions have no model. A conversation is changed by each of its messages, so older
-- ones hold none of these. The last column is the cost where it is known already.
SELECT (m.created_at AT TIME ZONE %(zone)s)::date,
       m.provider,
       m.model,
       count(*) FILTER (WHERE m.role = 'user'),
       coalesce(sum((m.usage->>'input_tokens')::bigint), 0),
       coalesce(sum((m.usage->>'output_tokens')::bigint), 0),
       NULL::float
FROM chat_message m
JOIN chat_conversation c ON c.id = m.conversation_id
WHERE m.created_at >= %(since)s
  AND (%(person)s::bigint IS NULL OR (c.user_id = %(person)s AND c.updated_at >= %(since)s))
GROUP BY 1, 2, 3
