"""Code tokens and their BM25 weights.

An identifier gives itself and its parts (`parseHTTPResponse` -> parsehttpresponse, parse,
http, response), each part lightly stemmed so that "registers" matches "register". Chinese,
Japanese and Korean text gives pairs of characters.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

DIMENSION = 1_000_000_000  # pgvector's largest sparsevec
MAX_TERMS = 4_000  # per chunk; pgvector allows 16,000 non-zero elements
MAX_WORD_CHARS = 120
MAX_TERM_CHARS = 80  # exclusive, of a question's terms

K1 = 1.2
B = 0.75
AVERAGE_LENGTH = 150.0  # constant, so that one file's change leaves other weights as they are

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+|[^\W\d_a-zA-Z]+", re.UNICODE)
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

STOP_WORDS = frozenset(
    "a an and any are as at be been being but by can could did do does each for from had has "
    "have how if in into is it its me my no not of on or our shall should so such than that "
    "the their them then there these they this those to was we were what when where which "
    "while who whom whose why will with within would you your".split()
)
# Endings and what replaces them; the first that fits counts.
ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
VERB_ENDINGS = ("ing", "ed")
KEPT_ENDINGS = ("ss", "us", "is")  # class, status, basis
KEPT_DOUBLES = "lsz"  # called, passed, buzzed


def tokens(text: str) -> Iterator[str]:
    """The tokens of `text` in order, identifiers before their parts; lower case."""
    for match in _WORD.finditer(text):
        yield from _word_tokens(match.group())


def token_counts(text: str) -> Counter[str]:
    """The number of times each token occurs in `text`."""
    counts: Counter[str] = Counter()
    for word, times in _word_counts(text):
        for token in _word_tokens(word):
            counts[token] += times
    return counts


def question_terms(text: str) -> list[str]:
    """The distinct tokens of a question in order, without stop words."""
    words = [word for word in _WORD.findall(text) if word.lower() not in STOP_WORDS]
    terms = (term for word in words for term in _split_word(word))
    return list(dict.fromkeys(term for term in terms if len(term) < MAX_TERM_CHARS))


def stem(word: str) -> str:
    """A light English stem: plural and verb endings only, so that identifiers stay legible."""
    if len(word) <= 3 or not word.isalpha():
        return word
    return _without_final_e(_without_ending(word))


def term_id(term: str) -> int:
    """The sparse dimension of `term`, from 1 as pgvector counts."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % DIMENSION + 1


def weigh(fields: Iterable[tuple[str, int]]) -> dict[int, float]:
    """BM25 document weights of a chunk: `{term id: weight}`.

    `fields` are (text, factor): a word in a field counts `factor` times. The weight is
    tf * (K1 + 1) / (tf + K1 * (1 - B + B * length / AVERAGE_LENGTH)), Robertson and
    Zaragoza 2009, with a constant average length. The idf of the question's terms is
    applied when searching.
    """
    counts = _term_counts(fields)
    length = sum(counts.values())
    norm = K1 * (1 - B + B * length / AVERAGE_LENGTH)
    if len(counts) > MAX_TERMS:
        counts = _most_frequent(counts)
    return {term: tf * (K1 + 1) / (tf + norm) for term, tf in counts.items()}


def sparse_text(weights: Mapping[int, float]) -> str:
    """pgvector's text format of a sparsevec."""
    elements = ",".join(f"{term}:{weight:.4g}" for term, weight in sorted(weights.items()))
    return f"{{{elements}}}/{DIMENSION}"


def _term_counts(fields: Iterable[tuple[str, int]]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for text, factor in fields:
        for word, times in _word_counts(text):
            count = times * factor
            for term in _term_ids(word):
                counts[term] = counts.get(term, 0) + count
    return counts


def _word_counts(text: str) -> Iterable[tuple[str, int]]:
    return Counter(_WORD.findall(text)).items()


def _most_frequent(counts: dict[int, int]) -> dict[int, int]:
    return dict(Counter(counts).most_common(MAX_TERMS))


@lru_cache(maxsize=200_000)
def _term_ids(word: str) -> tuple[int, ...]:
    return tuple(map(term_id, _word_tokens(word)))


@lru_cache(maxsize=10_000)
def _word_tokens(word: str) -> tuple[str, ...]:
    return _split_word(word)


def _split_word(word: str) -> tuple[str, ...]:
    """Not cached: the words of questions would stay in a web process."""
    if len(word) > MAX_WORD_CHARS:
        return ()
    if word.isascii():
        return _identifier_tokens(word)
    if _CJK.search(word):
        return _pairs(word.lower())
    return (word.lower(),)


def _pairs(word: str) -> tuple[str, ...]:
    """Each character with the next one; a single character by itself."""
    return tuple(word[i : i + 2] for i in range(max(1, len(word) - 1)))


def _identifier_tokens(word: str) -> tuple[str, ...]:
    whole = word.lower().strip("_")
    if not whole or _is_letter(whole):
        return ()
    parts = [part.lower() for part in _PART.findall(word)]
    if len(parts) <= 1:
        return (stem(whole),)
    return (whole, *(stem(part) for part in parts if len(part) > 1))


def _is_letter(word: str) -> bool:
    return len(word) == 1 and not word.isdigit()


def _has_ending(word: str, ending: str) -> bool:
    if word.endswith(KEPT_ENDINGS):
        return False
    return word.endswith(ending) and len(word) - len(ending) >= 3


def _without_ending(word: str) -> str:
    for ending, replacement in ENDINGS:
        if _has_ending(word, ending):
            return _replace_ending(word, ending, replacement)
    return word


def _replace_ending(word: str, ending: str, replacement: str) -> str:
    shorter = word.removesuffix(ending) + replacement
    if ending in VERB_ENDINGS:
        return _without_double(shorter)
    return shorter


def _without_final_e(word: str) -> str:
    if word.endswith("e") and len(word) > 4:
        return word[:-1]
    return word


def _without_double(word: str) -> str:
    """registered, stopped -> register, stop: without the consonant an ending doubled."""
    if len(word) > 3 and _ends_in_double(word):
        return word[:-1]
    return word


def _ends_in_double(word: str) -> bool:
    return word[-1] == word[-2] and word[-1] not in KEPT_DOUBLES
