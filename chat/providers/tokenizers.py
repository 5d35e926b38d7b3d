"""Token counts by the tokenizers of OpenAI's models; they come with their package.

Loading one takes about half a second and 140 MB. So it is loaded when a text is first
counted, and texts are counted only where an estimate says that something must be left
out (see chat/core/context_budget.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from chat.core.context_budget import estimate

# The package refuses texts of more than 200,000 tokens, and holds the interpreter's lock for as
# long as one call takes.
SLICE_CHARS = 20_000


def counter(encoding: str) -> Callable[[str], int]:
    """Counts tokens in an encoding such as o200k_base; estimates for an unknown one."""
    return partial(_count, encoding) if encoding else estimate


def _count(encoding: str, text: str) -> int:
    tokenizer = _tokenizer(encoding)
    if tokenizer is None:
        return estimate(text)
    starts = range(0, len(text), SLICE_CHARS)
    return sum(len(tokenizer.encode_ordinary(text[at : at + SLICE_CHARS])) for at in starts)


@lru_cache(maxsize=4)
def _tokenizer(encoding: str) -> Any:
    import bpe_openai

    try:
        return bpe_openai.get_encoding(encoding)
    except (ValueError, KeyError, bpe_openai.TokenizerError):
        return None
