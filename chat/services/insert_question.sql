-- A question and the answer to come, stored where the person may ask now; tells what was counted either way.
-- Two statements in one message, and so in one transaction: the second sees whoever held the lock before.
SELECT pg_advisory_xact_lock(%(lock)s, %(person)s);
WITH running AS MATERIALIZED (  -- first, by its small index: a person may have thousands of conversations
    SELECT conversation_id FROM chat_message
    WHERE state = 'running' AND lease_at > now() - make_interval(secs => %(lease)s)
),
counted AS MATERIALIZED (
    SELECT (SELECT count(*) FROM running r
            WHERE (SELECT c.user_id FROM chat_conversation c WHERE c.id = r.conversation_id) = %(person)s) AS running,
           count(*) AS asked,
           coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS first,
           CASE WHEN %(free)s THEN 0
                ELSE coalesce((SELECT tokens_per_day FROM accounts_profile WHERE user_id = %(person)s), %(tokens)s)
           END AS quota
    FROM chat_message WHERE asked_by_id = %(person)s AND created_at > now() - interval '1 minute'
),
spent AS MATERIALIZED (
    SELECT CASE WHEN quota = 0 THEN 0 ELSE (
        SELECT coalesce(sum({tokens}), 0)
        FROM chat_message m JOIN chat_conversation c ON c.id = m.conversation_id
        WHERE c.user_id = %(person)s AND m.created_at >= %(midnight)s) + {other_tokens} END AS spent
    FROM counted
),
allowed AS (
    SELECT 1 FROM counted, spent
    WHERE running < %(most_running)s AND asked < %(most_asked)s AND (quota = 0 OR spent < quota)
),
made AS (
    INSERT INTO chat_conversation (id, user_id, repository_id, title)
    SELECT %(conversation)s::uuid, %(person)s, %(repository)s::uuid, %(title)s
    FROM allowed WHERE %(is_new)s
),
stored AS (
    INSERT INTO chat_message (
        id, conversation_id, position, parent_id, role, content, state, asked_by_id, client_message_id, run_id, provider, model,
        language, repositories, lease_at
    )
    SELECT given.*, %(repositories)s::jsonb, CASE WHEN given.run IS NULL THEN NULL ELSE now() END
    FROM allowed CROSS JOIN (VALUES
        (%(question)s::uuid, %(conversation)s::uuid, %(position)s, %(parent)s::uuid, 'user', %(content)s, 'complete',
         %(person)s, %(client)s::uuid, NULL::uuid, '', '', %(language)s),
        (%(answer)s::uuid, %(conversation)s::uuid, %(position)s + 1, %(question)s::uuid, 'assistant', '', 'running',
         NULL, NULL, %(run)s::uuid, %(provider)s, %(model)s, %(language)s)
    ) AS given (id, conversation, position, parent, role, content, state, person, client, run, provider, model, language)
)
SELECT running, asked, first, quota, spent FROM counted, spent
