"""Code words: what BM25 counts.

An identifier gives itself and its parts (`parseHTTPResponse` -> parsehttpresponse, parse, http, response), each part
lightly stemmed so that "registers" finds "register". Chinese, Japanese and Korean text gives pairs of characters.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

DIMENSION = 1_000_000_000  # pgvector's largest sparsevec
MOST_TERMS = 4_000  # per chunk; pgvector allows 16,000 non-zero elements

K1 = 1.2
B = 0.75
AVERAGE_LENGTH = 150.0  # fixed, so that one changed file never changes the weights of another

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+|[^\W\d_a-zA-Z]+", re.UNICODE)
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

STOP_WORDS = frozenset(
    "a an and any are as at be been being but by can could did do does each for from had has have how if in into is it "
    "its me my no not of on or our shall should so such than that the their them then there these they this those to "
    "was we were what when where which while who whom whose why will with within would you your".split()
)


def tokens(text: str) -> Iterator[str]:
    """The words of `text` in order, identifiers before their parts. Lower case, never empty."""
    for match in _WORD.finditer(text):
        yield from _forms(match.group())


def counted(text: str) -> Counter[str]:
    """How often each token stands in `text`. Each different word is taken apart once."""
    counts: Counter[str] = Counter()
    for word, times in Counter(_WORD.findall(text)).items():
        for form in _forms(word):
            counts[form] += times
    return counts


def question_terms(text: str) -> list[str]:
    """The words of a question, each once, without the words every question has."""
    words = (match.group() for match in _WORD.finditer(text))
    wanted = (term for word in words if word.lower() not in STOP_WORDS for term in _forms(word))
    return list(dict.fromkeys(term for term in wanted if len(term) < 80))


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, ...]:
    if len(word) > 120:
        return ()
    if not word.isascii():
        lowered = word.lower()
        if _CJK.search(word):
            return tuple(lowered[i : i + 2] for i in range(max(1, len(lowered) - 1)))
        return (lowered,)
    whole = word.lower().strip("_")
    if not whole or (len(whole) == 1 and not whole.isdigit()):
        return ()
    parts = [part.lower() for part in _PART.findall(word)]
    if len(parts) <= 1:
        return (stem(whole),)
    return (whole, *(stem(part) for part in parts if len(part) > 1))


def stem(word: str) -> str:
    """A light English stem: plural and the commonest verb endings only, so that identifiers stay themselves."""
    if len(word) <= 3 or not word.isalpha():
        return word
    for ending, replacement in (
        ("ies", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("es", "e"),
        ("s", ""),
    ):
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= 3
            and not word.endswith(("ss", "us", "is"))
        ):
            word = word[: -len(ending)] + replacement
            if (
                ending in ("ing", "ed")
                and len(word) > 3
                and word[-1] == word[-2]
                and word[-1] not in "lsz"
            ):
                word = word[:-1]  # registered, stopped
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


@lru_cache(maxsize=50_000)
def term_id(term: str) -> int:
    """The sparse dimension of `term`, 1-based as pgvector counts."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % DIMENSION + 1


@lru_cache(maxsize=200_000)
def _term_ids(word: str) -> tuple[int, ...]:
    return tuple(map(term_id, _forms(word)))


def weigh(fields: Iterable[tuple[str, int]]) -> dict[int, float]:
    """BM25 document weights of a chunk: `{term id: weight}`.

    `fields` are (text, factor): a word in a field counts `factor` times. Weight is
    tf * (K1 + 1) / (tf + K1 * (1 - B + B * length / AVERAGE_LENGTH)), Robertson and Zaragoza 2009, with the average
    length a constant; the question's idf is applied when searching.
    """
    counts: dict[int, int] = {}
    for text, factor in fields:
        for word, times in Counter(_WORD.findall(text)).items():
            weight = times * factor
            for term in _term_ids(word):
                counts[term] = counts.get(term, 0) + weight
    length = sum(counts.values())
    norm = K1 * (1 - B + B * length / AVERAGE_LENGTH)
    if len(counts) > MOST_TERMS:
        counts = dict(sorted(counts.items(), key=lambda item: -item[1])[:MOST_TERMS])
    return {term: tf * (K1 + 1) / (tf + norm) for term, tf in counts.items()}


def sparse_text(weights: Mapping[int, float]) -> str:
    """pgvector's text form of a sparsevec."""
    return (
        "{"
        + ",".join(f"{term}:{weight:.4g}" for term, weight in sorted(weights.items()))
        + f"}}/{DIMENSION}"
    )
