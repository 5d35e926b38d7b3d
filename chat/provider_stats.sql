-- Each provider's answers since a time: complete ones, failed ones, tokens, and the median time to
-- the first token. The place in braces is filled in by provider_stats.py.
SELECT provider,
       count(*) FILTER (WHERE state = 'complete'),
       count(*) FILTER (WHERE error <> ''),
       coalesce(sum({tokens}), 0),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY (usage->>'first_token_ms')::float8)
FROM chat_message m
WHERE role = 'assistant' AND created_at > %(since)s
GROUP BY provider
