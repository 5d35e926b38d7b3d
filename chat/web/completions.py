"""What completes the question field: files and symbols behind `@`, repositories behind `#`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat.core.request import MAX_REPOSITORIES
from chat.web.home import matching_repositories
from chat.web.lookups import readable_repositories, search_text
from deepwiki.foundation.parsing import parse_uuid
from repos.graph import CompletedName, complete_name
from repos.models import Index, Repository
from repos.search import FoundFile, find_files

FILES, NAMES, REPOSITORIES = 6, 6, 8  # suggestions at most, for each repository
MAX_SUGGESTIONS = 12


@dataclass(frozen=True)
class Suggestion:
    """What is shown, where it is, and the text that replaces what was typed.

    `repository` is the id of one that is asked, too. One that `is_close` holds what was typed as
    it stands; the others hold its characters in their order.
    """

    label: str
    place: str
    text: str
    repository: str = ""
    is_file: bool = False
    is_close: bool = True


@require_safe
@login_required
def completions(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Suggestions for `q`; with `of=repositories`, repositories to ask besides this one.

    `also` names those that are asked besides: their files and symbols are suggested, too.
    """
    repository = get_object_or_404(readable_repositories(request), pk=repository_id)
    further = _further_ids(request)
    if request.GET.get("of") == "repositories":
        asked = {repository.pk, *further}
        found = matching_repositories(request).exclude(current_index=None).exclude(pk__in=asked)
        suggestions = list(map(_repository, found[:REPOSITORIES]))
    else:
        others = readable_repositories(request).filter(pk__in=further).exclude(pk=repository.pk)
        suggestions = _of_code([repository, *others], search_text(request.GET))
    return render(request, "chat/completions.html", {"suggestions": suggestions})


def _further_ids(request: HttpRequest) -> list[uuid.UUID]:
    written = request.GET.getlist("also")[:MAX_REPOSITORIES]
    return list(filter(None, map(parse_uuid, written)))


def _repository(repository: Repository) -> Suggestion:
    name = repository.name
    return Suggestion(name, repository.revision, name, repository=str(repository.pk))


def _of_code(asked: list[Repository], typed: str) -> list[Suggestion]:
    """Files and symbols of the repositories that have an index, those that are close first."""
    found = chain.from_iterable(
        _of_index(one.current_index, _prefix(one, asked), typed) for one in asked
    )
    return sorted(found, key=_is_far)[:MAX_SUGGESTIONS]


def _is_far(suggestion: Suggestion) -> bool:
    return not suggestion.is_close


def _prefix(repository: Repository, asked: Iterable[Repository]) -> str:
    """What stands before a path, where several repositories are asked: as in citations."""
    is_alone = all(one.pk == repository.pk for one in asked)
    return "" if is_alone else f"{repository.name}:"


def _of_index(index: Index | None, prefix: str, typed: str) -> Iterator[Suggestion]:
    if index is None:
        return
    for name in complete_name(index.pk, typed, NAMES):
        yield _symbol(name, prefix)
    for file in find_files(index, typed)[:FILES]:
        yield _file(file, prefix, typed)


def _symbol(found: CompletedName, prefix: str) -> Suggestion:
    name = found.qualified_name
    return Suggestion(name, f"{prefix}{found.path}:{found.start}", f"`{name}`")


def _file(found: FoundFile, prefix: str, typed: str) -> Suggestion:
    """A file; one whose path holds what was typed as it stands is close."""
    shown = f"{prefix}{found.path}"
    return Suggestion(shown, "", f"`{shown}`", is_file=True, is_close=_holds(found.path, typed))


def _holds(path: str, typed: str) -> bool:
    return typed.lower() in path.lower()
