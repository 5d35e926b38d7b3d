"""What the tools of the protocol take besides those of chat/tools: repositories, a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chat.core.request import MAX_REPOSITORIES
from chat.tools.parameters import TextParameter, VerbatimParameter, WrongArguments

ALIASES = ("reponame", "repo_name", "repository", "repo", "repo_url", "repository_name")
# As DeepWiki's own tools call it.
REPO_NAME = TextParameter(
    "repoName",
    "The repository: owner/repo, owner/repo@revision, or its address.",
    is_required=True,
    aliases=ALIASES,
)
REPOSITORY = replace(REPO_NAME, name="repository", aliases=(*ALIASES, "repoName"))


@dataclass(frozen=True)
class QuestionParameter(VerbatimParameter):
    """A question; how long it may be is the chat's rule."""

    def _check_length(self, text: str) -> None:
        """Whoever asks is told by the chat."""


@dataclass(frozen=True)
class RepositoriesParameter(VerbatimParameter):
    """One repository, or a list of a few."""

    kind = "text or list of texts"

    def schema(self) -> dict[str, Any]:
        """See Parameter."""
        several = {"type": "array", "items": {"type": "string"}, "maxItems": MAX_REPOSITORIES + 1}
        return {"anyOf": [{"type": "string"}, several], "description": self.description}

    def read(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        """See Parameter."""
        if not isinstance(value, list):
            value = [value]
        if len(value) > MAX_REPOSITORIES + 1:
            raise self._wrong(f"may name at most {MAX_REPOSITORIES + 1} repositories")
        return tuple(dict.fromkeys(filter(None, map(self._read_name, value))))

    def _read_name(self, value: Any) -> str:
        return super().read(value).strip()


def take_repository(arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The repository that the arguments name, and the other arguments. Raises WrongArguments."""
    named = {name: value for name, value in arguments.items() if _names_repository(name)}
    rest = {name: value for name, value in arguments.items() if name not in named}
    value = named.get(REPOSITORY.name) or next(iter(named.values()), None)
    if not value:
        raise WrongArguments("repository is missing: name one, such as owner/repo.")
    return REPOSITORY.read(value), rest


def _names_repository(argument: str) -> bool:
    return argument.strip().lower() in ALIASES
