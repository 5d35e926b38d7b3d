"""Which rows are of public hosts, by the present settings.

`Repository.host_is_public` is set when a row is made and when it has been fetched; a
setting that changes takes it away at the next start, and gives it only by a new fetch.
"""

from __future__ import annotations

from repos.models import Repository


def withdraw() -> int:
    """Take the mark from rows whose host the settings no longer count as public.

    Returns how many. Called when a process starts.
    """
    marked = Repository.objects.filter(host_is_public=True).only("url", "kind")
    lost = [row.pk for row in marked.iterator() if not row.names_public_host()]
    return Repository.objects.filter(pk__in=lost).update(host_is_public=False)


def record_fetch(repository: Repository) -> None:
    """Set the mark of a repository that has just been fetched under the present settings."""
    rows = Repository.objects.filter(pk=repository.pk)
    rows.update(host_is_public=repository.names_public_host())
