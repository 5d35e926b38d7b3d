"""The files of a folder that was added to this server, for people with an API token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from chat.api.authorization import token_refusal
from chat.core.errors import NotSignedIn
from deepwiki.accounts import authentication
from deepwiki.accounts.credential_errors import CredentialsRefused
from deepwiki.accounts.models import TokenScope
from deepwiki.wiki.api.visitors import for_visitors
from repos import services as repositories
from repos.models import Document, Repository
from repos.sources import SourceError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

MAX_FILES = 20_000
README = "readme.md"


@require_safe
@for_visitors
def folder_structure(request: HttpRequest) -> JsonResponse:
    """`/local_repo/structure?path=`: the indexed files of a folder, and its README."""
    person = _person(request)
    path = request.GET.get("path", "")
    if not path:
        return _error("No path provided. Please provide a 'path' query parameter.", 400)
    repository = _folder(person, path)
    if repository is None or repository.current_index_id is None:
        return _error("No such folder has been added here, or you may not read it.", 404)
    return JsonResponse(_structure(repository))


def _folder(person: AbstractBaseUser, path: str) -> Repository | None:
    try:
        return repositories.find(person, path, kind="local")
    except SourceError:
        return None


def _person(request: HttpRequest) -> AbstractBaseUser:
    """Whose API token it is; a cookie does not count. Raises NotSignedIn, Forbidden, TooMany."""
    authorization = request.headers.get("authorization", "")
    try:
        person = authentication.user_of_bearer(
            authorization, authentication.client_address(request), TokenScope.READ
        )
    except CredentialsRefused as error:
        raise token_refusal(error) from None
    if person is None:
        raise NotSignedIn
    return person


def _structure(repository: Repository) -> dict[str, str]:
    documents = Document.objects.filter(index=repository.current_index_id, is_live=True)
    paths = documents.order_by("path").values_list("path", flat=True)[:MAX_FILES]
    readme = documents.filter(path__iexact=README).values_list("text", flat=True).first()
    return {"file_tree": "\n".join(paths), "readme": readme or ""}


def _error(text: str, status: int) -> JsonResponse:
    return JsonResponse({"error": text, "detail": text}, status=status)
