-- One more call of a program: how many of its person, or its address, in this minute and on this
-- day, and the seconds left of each. A window that is over begins anew.
INSERT INTO accounts_callcount AS known (caller, minute_began_at, in_minute, day_began_at, in_day)
VALUES (%(caller)s, now(), 1, now(), 1)
ON CONFLICT (caller) DO UPDATE SET
    in_minute = CASE WHEN known.minute_began_at > now() - interval '1 minute'
        THEN known.in_minute + 1 ELSE 1 END,
    minute_began_at = CASE WHEN known.minute_began_at > now() - interval '1 minute'
        THEN known.minute_began_at ELSE now() END,
    in_day = CASE WHEN known.day_began_at > now() - interval '1 day'
        THEN known.in_day + 1 ELSE 1 END,
    day_began_at = CASE WHEN known.day_began_at > now() - interval '1 day'
        THEN known.day_began_at ELSE now() END
RETURNING
    in_minute, extract(epoch FROM minute_began_at + interval '1 minute' - now()),
    in_day, extract(epoch FROM day_began_at + interval '1 day' - now())
