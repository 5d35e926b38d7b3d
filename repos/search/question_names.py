"""Names that a question spells or says in words, to be found among the names of an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from repos.indexing.identifiers import MAX_NAME_CHARS, squash

MAX_CHARS = 8_000  # of a question that are read
MAX_IDENTIFIERS, MAX_WORDS = 100, 600
SHORTEST_RUN, LONGEST_RUN = 2, 4  # words
MIN_RUN_CHARS = 6

# Every part is bounded: an endless word must not take quadratic time.
WORD = re.compile(r"\b[A-Za-z_]\w{0,99}\b")
QUOTED = re.compile(r"`([^`\n]{1,200})`")
CALLED = re.compile(r"\b([A-Za-z_]\w{0,99})\(")
# testClient, HTTPServer, and no URLs
INNER_CAPITAL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]{2}")


def identifiers(question: str) -> list[str]:
    """The words of a question that are spelled like names, and those in backticks.

    A name has an underscore, a capital inside, or brackets behind. A capital at the start
    is none of these: it also begins sentences and the names of products.
    """
    text = question[:MAX_CHARS]
    found = dict.fromkeys(_spelled(text))
    found.update(dict.fromkeys(CALLED.findall(text)))
    for quoted in QUOTED.findall(text):
        found.update(dict.fromkeys(WORD.findall(quoted)))
    return list(islice(found, MAX_IDENTIFIERS))


def word_runs(question: str) -> list[str]:
    """Two to four neighbouring words of a question as one squashed name each."""
    runs: dict[str, None] = {}
    words = WORD.findall(question[:MAX_CHARS])[:MAX_WORDS]
    for start in range(len(words)):
        for end in range(start + SHORTEST_RUN, min(start + LONGEST_RUN, len(words)) + 1):
            run = squash("".join(words[start:end]))
            if MIN_RUN_CHARS <= len(run) <= MAX_NAME_CHARS:
                runs[run] = None
    return list(runs)


def _spelled(text: str) -> Iterator[str]:
    return (word for word in WORD.findall(text) if "_" in word or INNER_CAPITAL.search(word))
