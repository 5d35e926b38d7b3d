"""The names and ids of calls, as the rest of the program may rely on them."""

from __future__ import annotations

import secrets
import string
from collections.abc import Collection
from dataclasses import dataclass, field

from deepwiki.foundation.text import clean_text

# Mistral takes ids of nine letters and digits alone.
ID_CHARS = string.ascii_letters + string.digits
ID_LENGTH = 9
# Some gateways put a thought signature into the id.
MAX_ID_CHARS = 16_000
MAX_NAME_CHARS = 200
# Namespaces that models write before a name: OpenAI's and Gemini's own.
NAMESPACES = ("", "functions.", "default_api.", "default_api:", "tools.", "function.")


@dataclass
class CallIds:
    """Ids that are unique within an answer: a missing or repeated one is replaced."""

    taken: set[str] = field(default_factory=set)

    def give(self, wanted: str) -> str:
        """The id that a service sent where it can be used, else a new one."""
        given = clean_text(wanted.strip())
        while not given or given in self.taken or len(given) > MAX_ID_CHARS:
            given = "".join(secrets.choice(ID_CHARS) for _ in range(ID_LENGTH))
        self.taken.add(given)
        return given


def known_name(name: str, names: Collection[str]) -> str:
    """The offered name that a model means; empty where it means none."""
    name = name.strip()
    candidates = (name.removeprefix(space) for space in NAMESPACES)
    return next((each for each in candidates if each in names), "")


def call_name(name: str, names: Collection[str]) -> str:
    """The name of a call, which may be of no tool that was offered."""
    return known_name(name, names) or clean_text(name.strip()[:MAX_NAME_CHARS])
