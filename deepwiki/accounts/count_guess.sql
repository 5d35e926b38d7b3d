-- One more unknown token of an address: how many within the window, and the seconds left of it.
-- A window that is over begins anew.
INSERT INTO accounts_tokenguesses AS known (address, count, began_at)
VALUES (%(address)s, 1, now())
ON CONFLICT (address) DO UPDATE SET
    count = CASE WHEN known.began_at > now() - %(window)s THEN known.count + 1 ELSE 1 END,
    began_at = CASE WHEN known.began_at > now() - %(window)s THEN known.began_at ELSE now() END
RETURNING count, extract(epoch FROM began_at + %(window)s - now())
