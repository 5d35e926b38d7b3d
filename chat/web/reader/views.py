"""The page on which the code of a repository is read, and the parts that its scripts load."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from chat.web.lookups import readable_repository, search_text
from chat.web.reader.file_view import ReadFile, crumbs, file_context
from chat.web.reader.folder_view import Tree, folder_context, tree_items
from chat.web.reader.indexed_code import IndexedCode, indexed_code
from chat.web.reader.line_rows import line_rows
from deepwiki.foundation.parsing import parse_number
from repos.search import FoundFile, find_files

COMMIT = re.compile(r"[0-9a-f]{7,64}")  # of git, or of a folder's state
PART = "code-page"  # the id of the element that a script fills


@require_safe
@login_required
def code(request: HttpRequest, repository_id: uuid.UUID, path: str = "") -> HttpResponse:
    """A file or, where the path is empty or ends in `/`, a folder of the current index.

    404 for a path that is not in the index: the page says why that may be.
    """
    indexed = indexed_code(request, repository_id)
    if indexed is None:
        repository = readable_repository(request, repository_id)
        return render(request, "reader/no_index.html", _page_context(repository=repository))
    if path == "" or path.endswith("/"):
        return _folder_page(request, indexed, path)
    return _file_page(request, indexed, path)


@require_safe
@login_required
def code_lines(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Lines `first` to `last` of the file `path`, as items of its list.

    409 where the file is another than the one of the page, which has the SHA `sha`.
    """
    indexed = indexed_code(request, repository_id)
    document = indexed.file(request.GET.get("path", "")) if indexed is not None else None
    if document is None or document.sha != request.GET.get("sha"):
        return render(request, "reader/changed.html", status=409)
    lines = ReadFile(document).window(_number(request, "first"), _number(request, "last"))
    return render(request, "reader/lines.html", {"rows": line_rows(lines, ())})


@require_safe
@login_required
def code_folder(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The entries of the folder `path`, as items of the tree."""
    indexed = indexed_code(request, repository_id)
    items = Tree(indexed).items(request.GET.get("path", "")) if indexed is not None else ()
    context = {"repository_id": repository_id, "items": items}
    return render(request, "reader/tree.html", context)


@require_safe
@login_required
def code_find(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Files whose path holds the characters of `q` in their order."""
    indexed = indexed_code(request, repository_id)
    files = _found(request, indexed) if indexed is not None else []
    context = {"repository_id": repository_id, "files": files}
    return render(request, "reader/found_files.html", context)


@require_safe
@login_required
def code_files(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The dialog in which files are found, by name or in the tree: of the source pane."""
    indexed = indexed_code(request, repository_id)
    items = Tree(indexed).items("") if indexed is not None else ()
    context = {"repository_id": repository_id, "items": items}
    return render(request, "reader/files.html", context)


@require_safe
@login_required
def code_update(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """That the index is of another commit than `commit`; 204 while it is not."""
    indexed = indexed_code(request, repository_id)
    if indexed is None or request.GET.get("commit") in ("", None, indexed.index.commit):
        return HttpResponse(status=204)
    return render(request, "reader/updated.html")


def _found(request: HttpRequest, indexed: IndexedCode) -> list[FoundFile]:
    return find_files(indexed.index, search_text(request.GET))


def _number(request: HttpRequest, name: str) -> int:
    return parse_number(request.GET.get(name)) or 1


def _folder_page(request: HttpRequest, indexed: IndexedCode, path: str) -> HttpResponse:
    folder = indexed.folder(path)
    if path and not folder.entries:
        return _missing_page(request, indexed, path)
    context = folder_context(indexed, folder)
    return _render(request, indexed, "reader/folder.html", context)


def _file_page(request: HttpRequest, indexed: IndexedCode, path: str) -> HttpResponse:
    document = indexed.file(path)
    if document is not None:
        context = file_context(indexed, document, request.GET.get("lines", ""))
        return _render(request, indexed, "reader/file.html", context)
    if indexed.holds_folder(f"{path}/"):
        return redirect(indexed.url(f"{path}/"))
    return _missing_page(request, indexed, path)


def _missing_page(request: HttpRequest, indexed: IndexedCode, path: str) -> HttpResponse:
    context = {
        "crumbs": crumbs(path),
        "reason": indexed.why_left_out(path),
        "left_out": indexed.index.skipped.get("counts"),
        "host_url": indexed.host_url(path),
    }
    response = _render(request, indexed, "reader/missing.html", context)
    response.status_code = 404
    return response


def _render(
    request: HttpRequest, indexed: IndexedCode, template: str, context: dict[str, Any]
) -> HttpResponse:
    """The page, or the part of it that a script asks for by HTMX."""
    context |= _page_context(repository=indexed.repository, index=indexed.index, template=template)
    context |= _other_commit(request, indexed, _shown_path(context))
    page = "reader/part.html"
    if request.headers.get("HX-Target") != PART:
        page = "reader/page.html"
        context["items"] = tree_items(indexed, _shown_path(context))
    response = render(request, page, context)
    patch_vary_headers(response, ["HX-Target"])
    return response


def _other_commit(request: HttpRequest, indexed: IndexedCode, path: str) -> dict[str, str]:
    """The commit that an address names, if another one is indexed, and its page at the host."""
    commit = request.GET.get("commit", "")
    if not COMMIT.fullmatch(commit) or commit == indexed.index.commit:
        return {}
    return {"other_commit": commit, "other_commit_url": indexed.host_url_at(commit, path)}


def _page_context(**context: Any) -> dict[str, Any]:
    repository = context["repository"]
    return {**context, "repository_id": repository.pk, "is_reader": True}


def _shown_path(context: dict[str, Any]) -> str:
    """The path that the page shows, empty for the root."""
    shown = context["crumbs"]
    return shown[-1].path if shown else ""
