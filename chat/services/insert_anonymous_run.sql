-- A question of somebody without an account, counted where their network address may ask now; tells what was counted
-- either way. Two statements in one message, and so in one transaction, as in insert_question.sql.
SELECT pg_advisory_xact_lock(%(lock)s, hashtext(%(address)s));
WITH counted AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE lease_at > now() - make_interval(secs => %(lease)s)) AS running,
           count(*) FILTER (WHERE asked_at > now() - interval '1 minute') AS asked,
           coalesce(extract(epoch FROM now() - min(asked_at) FILTER (WHERE asked_at > now() - interval '1 minute')),
                    0)::float8 AS first
    FROM chat_anonymousrun WHERE address = %(address)s AND asked_at > now() - interval '1 hour'
),
stored AS (
    INSERT INTO chat_anonymousrun (id, address)
    SELECT %(run)s::uuid, %(address)s FROM counted WHERE running < %(most_running)s AND asked < %(most_asked)s
)
SELECT running, asked, first FROM counted
