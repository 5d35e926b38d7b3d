"""Tokens as OpenAI's models count them, by tokenizers that come with their package: nothing is downloaded.

Loading one takes about half a second and 140 MB, so it is loaded when a text is first counted; and texts are counted
only where an estimate says that something must stay out (see chat/core/context_budget.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from chat.core.context_budget import estimate


def counter(encoding: str) -> Callable[[str], int]:
    """Counts a text's tokens in `encoding` (such as o200k_base); the estimate where the encoding is empty or unknown."""
    return _Counter(encoding) if encoding else estimate


class _Counter:
    def __init__(self, encoding: str) -> None:
        self.encoding = encoding

    def __call__(self, text: str) -> int:
        tokenizer = _tokenizer(self.encoding)
        return len(tokenizer.encode_ordinary(text)) if tokenizer is not None else estimate(text)


@lru_cache(maxsize=4)
def _tokenizer(encoding: str) -> Any:
    import bpe_openai

    try:
        return bpe_openai.get_encoding(encoding)
    except (ValueError, KeyError, bpe_openai.TokenizerError):
        return None
