"""Pages of a git host at our own address: `/<owner>/<repository>/blob/main/app.py#L3`.

Who swaps the host in the address of such a page gets here. The browser itself keeps what
stands behind `#`, so that the lines are marked.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from chat.web.views import find_repository, render_missing
from repos.models import Document, Repository
from repos.sources import Address, SourceError, parse_address
from repos.sources.host_pages import NamedRevision

MAX_REVISION_PARTS = 4  # of a revision with slashes whose end is not known
# Whose rules the pages of a folder on this machine follow: it has no host of its own.
NO_HOST = "https://github.com"


@require_safe
@login_required
def host_page(request: HttpRequest, owner: str, name: str, page: str) -> HttpResponse:
    """Redirects to the file or folder that a host's page is about, else to the repository's page.

    If there is no such repository, the home page with its name filled in.
    """
    full_name = f"{owner}/{name}"
    repository = find_repository(request, full_name)
    if repository is None:
        return render_missing(request, full_name)
    for path in _paths(_page_address(repository, full_name, page), repository.revision):
        if _is_indexed(repository, path):
            return redirect("code", repository.pk, path)
    return redirect("repository", repository.pk)


def _page_address(repository: Repository, full_name: str, page: str) -> Address | None:
    """The page as the repository's own host has it; None where that has no such page."""
    base, kind = repository.url, repository.kind
    if repository.address.is_local:
        base, kind = f"{NO_HOST}/{full_name}", ""
    try:
        return parse_address(f"{base}/{page}", kind)
    except SourceError:
        return None


def _paths(address: Address | None, revision: str) -> Iterator[str]:
    """The paths that a page may name: where a branch has slashes, its end is not known."""
    if address is None:
        return
    named = address.named_revision
    paths = (named.path_behind(one) for one in (revision, *_revisions(named)))
    yield from filter(None, paths)


def _revisions(named: NamedRevision) -> Iterator[str]:
    parts = named.text.split("/")
    for count in range(1, min(len(parts), MAX_REVISION_PARTS + 1)):
        yield "/".join(parts[:count])


def _is_indexed(repository: Repository, path: str) -> bool:
    """Whether the index has a file of this path, or files below it."""
    files = Document.objects.filter(index=repository.current_index, is_live=True)
    return files.filter(Q(path=path) | Q(path__startswith=f"{path}/")).exists()
