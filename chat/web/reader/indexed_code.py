"""The files of a repository's current index, as one person may read them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import HttpRequest

from chat.web.lookups import readable_repository
from repos.models import Document, Index, Repository
from repos.search import Folder, code_url, list_folder, read_file
from repos.sources import Address

MAX_PATH_CHARS = 1_000


@dataclass(frozen=True)
class IndexedCode:
    """A repository that the person may read, and its current index."""

    repository: Repository
    index: Index
    person_id: int | None

    def file(self, path: str) -> Document | None:
        """The file at a path."""
        return read_file(self.repository, path[:MAX_PATH_CHARS], self.person_id)

    def folder(self, path: str) -> Folder:
        """The folder at a path, which may lack its `/`; without entries if there is none."""
        return list_folder(self.index, path[:MAX_PATH_CHARS].rstrip("/") + "/" * bool(path))

    def holds_folder(self, path: str) -> bool:
        """Whether there is a folder at a path, which ends in `/`."""
        return bool(self.folder(path).entries)

    def url(self, path: str) -> str:
        """The address of the page of a file or folder."""
        return code_url(self.repository.pk, path)

    def host_url(self, path: str, start: int = 0, end: int = 0) -> str:
        """The host's page of it at the indexed commit; empty where there is none."""
        return self._address.blob_url(self.index.commit, path.rstrip("/"), start, end)

    def blame_url(self, path: str, start: int = 0, end: int = 0) -> str:
        """The host's page of who wrote its lines; empty where there is none."""
        return self._address.blame_url(self.index.commit, path, start, end)

    def host_url_at(self, commit: str, path: str) -> str:
        """The host's page of it at another commit; empty where there is none."""
        return self._address.blob_url(commit, path.rstrip("/"), 0, 0)

    @property
    def _address(self) -> Address:
        return self.repository.address

    def why_left_out(self, path: str) -> str:
        """Why a file was left out, where that is known; else an empty string."""
        examples = self.index.skipped.get("examples", {}).items()
        return next((reason for reason, paths in examples if path in paths), "")


def indexed_code(request: HttpRequest, repository_id: uuid.UUID) -> IndexedCode | None:
    """The code of a repository that the person may read; None if it has no index.

    Raises Http404 for a repository that they may not read.
    """
    repository = readable_repository(request, repository_id)
    if repository.current_index is None:
        return None
    return IndexedCode(repository, repository.current_index, request.user.pk)
