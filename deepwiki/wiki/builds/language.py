"""The language that a model writes the pages of a build in."""

from __future__ import annotations

from deepwiki.wiki.evidence import read_settings_of
from deepwiki.wiki.models import DEFAULT_LANGUAGE, WikiBuild
from deepwiki.wiki.plan import WikiSettings
from deepwiki.wiki.translation.languages import find_language
from repos.models import Repository


def language_of(build: WikiBuild, settings: WikiSettings) -> str:
    """The code of the language that the pages of a build are written in.

    It is the one that was asked for, else that of the repository's settings, else English.
    """
    found = find_language(build.language or settings.language)
    if found is None:
        return DEFAULT_LANGUAGE
    return found.answer


def settings_language(repository: Repository) -> str:
    """The code of the language that a repository asks for; empty where it asks for none."""
    index = repository.current_index
    if index is None:
        return ""
    found = find_language(read_settings_of(index).language)
    return found.answer if found is not None else ""


def last_language(repository: Repository) -> str:
    """The code that the last build by a model was asked for; empty where it was asked for none."""
    builds = WikiBuild.objects.filter(wiki__repository=repository).exclude(model="")
    last = builds.order_by("-created_at").values_list("language", flat=True).first()
    return last or ""
