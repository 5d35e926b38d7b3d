-- The tokens that models used today to write, update and translate wikis for a person: what that person requested,
-- and what nobody requested where the person has added the repository. A build that went on past midnight counts whole.
(
    SELECT coalesce(sum(b.input_tokens + b.output_tokens), 0)
    FROM wiki_wikibuild b
    JOIN wiki_wiki w ON w.id = b.wiki_id
    JOIN repos_repository r ON r.id = w.repository_id
    WHERE coalesce(b.requested_by_id, r.added_by_id) = %(person)s
        AND b.model <> '' AND coalesce(b.heartbeat_at, b.created_at) >= %(midnight)s
) + (
    SELECT coalesce(sum(f.input_tokens + f.output_tokens), 0)
    FROM wiki_pagerefresh f
    JOIN wiki_wiki w ON w.id = f.wiki_id
    JOIN repos_repository r ON r.id = w.repository_id
    WHERE coalesce(f.requested_by_id, r.added_by_id) = %(person)s AND f.created_at >= %(midnight)s
) + (
    SELECT coalesce(sum(t.input_tokens + t.output_tokens), 0)
    FROM wiki_translationrequest t
    WHERE t.requested_by_id = %(person)s AND t.changed_at >= %(midnight)s
)
