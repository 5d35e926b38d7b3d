"""Legacy encodings told apart by how usual the letters are that each of them gives.

Each candidate decodes a sample; the mean usualness of what is not ASCII decides. Encodings
of scripts that are not listed are left to charset-normalizer.
"""

from __future__ import annotations

import enum
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from charset_normalizer import from_bytes

from repos.indexing import letters
from repos.indexing.viscii import decode_viscii

WESTERN = "cp1252"
VISCII = "viscii"
SAMPLE_BYTES = 6_000
MAX_COUNT = 8  # of one character
HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
LONG_RUN = 4
MANY_LETTERS = 12
FIRST_LETTER, CASE_BIT = 0xC0, 0x20  # of Windows-1252
MIN_LEAD = 0.12  # over Windows-1252
MIN_SCORE = 0.3
BINARY_SCORE = -0.4
DOUBT_CHARS = 8  # of fewer characters the habits of people say more than the letters

BROKEN, CONTROL, UNUSUAL, SIGN, REGULAR = -4.0, -3.0, -0.3, -0.5, 0.25

SIGNS_IN_WORD = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f’]+(?=[^\W\d_])")
ACCENTS = re.compile(r"(?:[^\W\d_](?<![a-zA-Z])){3,}")
MANY_ACCENTS = re.compile(r"(?:[^\W\d_](?<![a-zA-Z])){5,}")
BESIDE_ASCII = re.compile(r"(?<=[a-zA-Z])[^\W\d_](?<![a-zA-Z])|[^\W\d_](?<![a-zA-Z])(?=[a-zA-Z])")
WORDS = re.compile(r"[^\W\d_]+")
# Neighbouring accents that western languages do not have: all but ção, Núñez, süß, créé.
ACCENTED_PAIR = re.compile(r"(?![çñÇÑ]|.[çñß]|éé)(?:[^\W\d_](?<![a-zA-Z])){2}")
NOT_VIETNAMESE = re.compile(r"[fjwzFJWZ]|.{8}")


class Script(enum.Enum):
    """What words in an encoding's script look like."""

    WESTERN = "accents on single letters"
    LATIN = "few accents beside each other"
    VIETNAMESE = "syllables"
    ALPHABET = "words of letters outside ASCII, in one case"
    IDEOGRAPHS = "any"


@dataclass(frozen=True)
class Candidate:
    """An encoding, and the letters of its language by frequency.

    `least` is the weight of the least frequent one, `is_regular` tells which others are
    still to be expected, `prior` is what is added where there are few characters.
    """

    encoding: str
    usual: str
    script: Script
    prior: float = 0.0
    least: float = 0.4
    is_regular: Callable[[str], bool] = bool

    @cached_property
    def _weights(self) -> dict[str, float]:
        step = (1 - self.least) / len(self.usual)
        weights = {char: 1 - place * step for place, char in enumerate(self.usual)}
        capitals = {char.upper(): 0.6 * weight for char, weight in weights.items()}
        signs = 0.8 if self.script is Script.WESTERN else 0.5
        return {**capitals, **weights, **dict.fromkeys(letters.PUNCTUATION, signs)}

    def score(self, sample: bytes) -> float:
        """How usual the sample's characters are in this encoding, from -4 to 1."""
        text = decode_as(sample, self.encoding)
        counts = Counter(char for char in text if char > "\x7f")
        if not counts:
            return 0.0
        capped = {char: min(count, MAX_COUNT) for char, count in counts.items()}
        total = sum(capped.values())
        mean = sum(count * self._weight(char) for char, count in capped.items()) / total
        if mean > 0:
            mean *= max(0.0, 1 - self._misplaced(text) / sum(counts.values()))
        return mean + self.prior * DOUBT_CHARS / (DOUBT_CHARS + total)

    def _weight(self, char: str) -> float:
        weight = self._weights.get(char)
        if weight is not None:
            return weight
        if char == "\ufffd":
            return BROKEN
        if "\x80" <= char <= "\x9f" or "\ue000" <= char <= "\uf8ff":
            return CONTROL
        if self.script is Script.IDEOGRAPHS and self.is_regular(char):
            return REGULAR
        return UNUSUAL if char.isalpha() else SIGN

    def _misplaced(self, text: str) -> int:
        """How many characters stand where the script does not have them."""
        count = _length(SIGNS_IN_WORD.findall(text))
        if self.script is Script.WESTERN:
            count += _length(ACCENTED_PAIR.findall(text))
        elif self.script is Script.LATIN:
            count += _length(MANY_ACCENTS.findall(text))
        elif self.script is Script.VIETNAMESE:
            count += _length(ACCENTS.findall(text))
            count += _length(filter(NOT_VIETNAMESE.search, _accented_words(text)))
        if self.script is Script.ALPHABET:
            count += _length(BESIDE_ASCII.findall(text))
        if self.script is not Script.IDEOGRAPHS:
            count += sum(map(_case_changes, _accented_words(text)))
        return count


def _length(texts: Iterable[str]) -> int:
    """How many characters outside ASCII these texts have."""
    return sum(char > "\x7f" for text in texts for char in text)


def _accented_words(text: str) -> Iterator[str]:
    return (word for word in WORDS.findall(text) if not word.isascii())


def _case_changes(word: str) -> int:
    """How many capitals stand behind small letters of a word."""
    pairs = itertools.pairwise(word)
    return sum(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairs)


def _in_rows(codec: str, first: int, last: int) -> Callable[[str], bool]:
    """Whether a character is in these rows (by lead byte) of a double-byte character set."""

    def is_in_rows(char: str) -> bool:
        try:
            data = char.encode(codec)
        except UnicodeEncodeError:
            return False
        return len(data) == 2 and first <= data[0] <= last

    return is_in_rows


KANJI = _in_rows("euc_jp", 0xB0, 0xCF)
HANGUL = _in_rows("euc_kr", 0xB0, 0xC8)
SIMPLIFIED = _in_rows("gb2312", 0xB0, 0xD7)
TRADITIONAL = _in_rows("big5", 0xA4, 0xC6)

CANDIDATES = (
    Candidate("cp932", letters.JAPANESE, Script.IDEOGRAPHS, 0.0, 0.6, KANJI),
    Candidate("euc_jp", letters.JAPANESE, Script.IDEOGRAPHS, 0.0, 0.6, KANJI),
    Candidate("cp949", letters.KOREAN, Script.IDEOGRAPHS, 0.0, 0.4, HANGUL),
    Candidate("gb18030", letters.SIMPLIFIED_CHINESE, Script.IDEOGRAPHS, 0.1, 0.6, SIMPLIFIED),
    Candidate("big5hkscs", letters.TRADITIONAL_CHINESE, Script.IDEOGRAPHS, 0.0, 0.6, TRADITIONAL),
    Candidate("cp1251", letters.RUSSIAN, Script.ALPHABET, 0.05),
    Candidate("koi8_r", letters.RUSSIAN, Script.ALPHABET),
    Candidate("cp866", letters.RUSSIAN, Script.ALPHABET, -0.1),
    Candidate("iso8859_5", letters.RUSSIAN, Script.ALPHABET, -0.2),
    Candidate("mac_cyrillic", letters.RUSSIAN, Script.ALPHABET, -0.2),
    Candidate("cp1258", letters.VIETNAMESE, Script.VIETNAMESE, -0.1),
    Candidate(VISCII, letters.VIETNAMESE, Script.VIETNAMESE, -0.1),
    Candidate("cp850", letters.WESTERN, Script.WESTERN, -0.1),
    Candidate("mac_roman", letters.WESTERN, Script.WESTERN, -0.15),
    Candidate("cp1250", letters.CENTRAL_EUROPEAN, Script.LATIN, -0.05),
    Candidate("iso8859_2", letters.CENTRAL_EUROPEAN, Script.LATIN, -0.05),
    Candidate("cp1254", letters.TURKISH, Script.LATIN, -0.1),
    Candidate("cp1253", letters.GREEK, Script.ALPHABET, -0.1),
    Candidate("iso8859_7", letters.GREEK, Script.ALPHABET, -0.12),
    Candidate("cp1255", letters.HEBREW, Script.ALPHABET, -0.15),
    Candidate("cp1256", letters.ARABIC, Script.ALPHABET, -0.15),
    Candidate("cp874", letters.THAI, Script.ALPHABET, -0.2),
)
WESTERN_CANDIDATE = Candidate(WESTERN, letters.WESTERN, Script.WESTERN, 0.15, 0.5)


def decode_as(data: bytes, encoding: str) -> str:
    """The text of `data` in an encoding of this module; what is invalid becomes U+FFFD."""
    if encoding == VISCII:
        return decode_viscii(data)
    text = data.decode(encoding, "replace")
    # Windows-1258 writes some accents as characters of their own.
    return unicodedata.normalize("NFC", text) if encoding == "cp1258" else text


def detect(data: bytes) -> str:
    """The most probable encoding of bytes that are not UTF-8, empty if none gives a text."""
    sample = b"\n".join(_sample_lines(data))
    western = WESTERN_CANDIDATE.score(sample)
    score, candidate = max(
        ((candidate.score(sample), candidate) for candidate in CANDIDATES),
        key=lambda scored: scored[0],
    )
    if score >= MIN_SCORE and score >= western + MIN_LEAD:
        return candidate.encoding
    if western < 0:
        other = from_bytes(sample).best()
        if other is not None:
            return other.encoding
    if max(western, score) < BINARY_SCORE:
        return ""
    return WESTERN


def _sample_lines(data: bytes) -> Iterator[bytes]:
    """Lines that are not ASCII, each once, without tables and decorations of letters."""
    size = 0
    for line in dict.fromkeys(data.splitlines()):
        if size > SAMPLE_BYTES:
            return
        if not line.isascii():
            plain = HIGH_BYTES.sub(_without_table, line[:SAMPLE_BYTES])
            size += len(plain)
            yield plain


def _without_table(match: re.Match[bytes]) -> bytes:
    run = match.group()
    if len(run) >= LONG_RUN and (_is_ascending(run) or _is_alphabet(run)):
        return b" "
    return run


def _is_ascending(run: bytes) -> bool:
    return bytes(sorted(run)) == run and run[-1] - run[0] <= 2 * len(run)


def _is_alphabet(run: bytes) -> bool:
    """Accented letters as patterns list them: small ones and capitals, or many, each once."""
    distinct = set(run)
    if len(distinct) < len(run) or min(distinct) < FIRST_LETTER:
        return False
    both_cases = sum(byte ^ CASE_BIT in distinct for byte in distinct)
    return len(distinct) >= MANY_LETTERS or 3 * both_cases >= 2 * len(distinct)
