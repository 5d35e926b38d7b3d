"""The admin's page of one repository: what it shows, and what its removal takes along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from deepwiki.foundation.read_only_admin import SHOWN_COMMIT_CHARS
from repos.admin.index_rows import duration, job_state
from repos.index import size_of_repository
from repos.models import IndexJob, Repository
from repos.states import job_error

MAX_COUNTED = 10_000
SHOWN_JOBS = 5
SHOWN_ERROR_CHARS = 200


@dataclass(frozen=True)
class AdminSection:
    """Facts under a heading, as (name, value) pairs, and links, as (text, address) pairs."""

    title: str
    facts: list[tuple[str, Any]]
    links: list[tuple[str, str]] = field(default_factory=list)


MakeSection = Callable[[Repository], AdminSection]
CountRemoved = Callable[[Repository], list[tuple[str, str]]]
# What the apps above add, when they start.
_sections: list[MakeSection] = []
_removed: list[CountRemoved] = []


def add_section(make: MakeSection) -> None:
    """Add a section to the page of every repository."""
    _sections.append(make)


def add_removed(count: CountRemoved) -> None:
    """Add what goes with a repository, as (name, count) pairs of `counted`."""
    _removed.append(count)


def page_context(repository: Repository) -> dict[str, Any]:
    """What the template of a repository's page shows beside the form."""
    jobs = list(repository.jobs.select_related("requested_by")[:SHOWN_JOBS])
    return {
        "sections": [
            _index_section(repository),
            _host_section(repository),
            _people_section(repository),
            *(make(repository) for make in _sections),
        ],
        "jobs": [_job_row(job) for job in jobs],
        "unfinished": next((job for job in jobs if job.state in IndexJob.UNFINISHED), None),
    }


def removed_with(repository: Repository) -> list[tuple[str, str]]:
    """What is deleted with a repository, as (name, count) pairs."""
    index = repository.current_index
    own = [
        (_("indexes"), counted(repository.indexes.all())),
        (_("files in the index"), f"{index.files:,}" if index else "0"),
        (_("index jobs"), counted(repository.jobs.all())),
    ]
    return own + [pair for count in _removed for pair in count(repository)]


def counted(rows: QuerySet[Any]) -> str:
    """How many rows there are; no more than MAX_COUNTED are counted."""
    count = rows.order_by()[: MAX_COUNTED + 1].count()
    if count > MAX_COUNTED:
        return _("more than %s") % f"{MAX_COUNTED:,}"
    return f"{count:,}"


def _index_section(repository: Repository) -> AdminSection:
    index = repository.current_index
    if index is None:
        return AdminSection(_("Index"), [(_("State"), _("not indexed")), *_limits()])
    facts = [
        (_("State"), index.get_state_display()),
        (_("Commit"), f"{index.revision} {index.commit[:SHOWN_COMMIT_CHARS]}".strip()),
        (_("Files"), _of_at_most(index.files, settings.INDEX_FILES)),
        (_("Left out for want of room"), f"{index.files_over_limit:,}"),
        (_("Chunks"), f"{index.chunks:,}"),
        (_("Size"), filesizeformat(size_of_repository(repository))),
        (_("Changed"), date_format(index.updated_at, "DATETIME_FORMAT")),
    ]
    return AdminSection(_("Index"), [*facts, *_limits()])


def _limits() -> list[tuple[str, str]]:
    """The settings that bound every repository."""
    clone = {"size": f"{settings.CLONE_MEGABYTES:,}", "seconds": settings.CLONE_SECONDS}
    return [
        (_("Text of at most"), filesizeformat(settings.INDEX_TEXT_BYTES)),
        (_("Clone of at most"), _("%(size)s MB in %(seconds)s s") % clone),
    ]


def _of_at_most(count: int, most: int) -> str:
    return _("%(count)s of at most %(most)s") % {"count": f"{count:,}", "most": f"{most:,}"}


def _host_section(repository: Repository) -> AdminSection:
    facts = [
        (_("Address"), repository.url),
        (_("Access token"), _stored(repository.token_encrypted)),
        (_("Webhook secret"), _stored(repository.webhook_secret_encrypted)),
        (_("Last asked"), _date(repository.checked_at)),
        (_("Refuses since"), _date(repository.closed_at)),
    ]
    return AdminSection(_("Host"), facts)


def _people_section(repository: Repository) -> AdminSection:
    if not repository.is_private:
        return AdminSection(_("People"), [(_("Read by"), readers_in_words(repository))])
    facts = [
        (_("Owner"), repository.added_by),
        (_("Given to people"), counted(repository.readers.all())),
        (_("Given to groups"), counted(repository.reader_groups.all())),
        (_("Links to conversations"), _allowed(is_allowed=repository.shares_allowed)),
    ]
    return AdminSection(_("People"), facts)


def readers_in_words(repository: Repository) -> str:
    """Who reads a repository."""
    if repository.is_private:
        return _("its owner and chosen people")
    if repository.host_is_public:
        return _("everybody")
    return _("everybody signed in")


def _stored(secret: str) -> str:
    return _("stored") if secret else _("none")


def _allowed(*, is_allowed: bool) -> str:
    return _("allowed") if is_allowed else _("not allowed")


def _date(moment: Any) -> str:
    return date_format(moment, "DATETIME_FORMAT") if moment else "–"


def _job_row(job: IndexJob) -> dict[str, Any]:
    return {
        "pk": job.pk,
        "state": job_state(job),
        "requested_by": job.requested_by or "DeepWiki",
        "created_at": job.created_at,
        "took": duration(job),
        "error": Truncator(job_error(job)).chars(SHOWN_ERROR_CHARS),
    }
