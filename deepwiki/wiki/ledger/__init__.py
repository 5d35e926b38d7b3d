"""The ledger of a wiki: each claim of a page, tied to the lines that it cites."""
