"""The state of a repository for people: a dot and words, the same in every place."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from repos.embedders import base as embedders
from repos.models import Index, IndexJob, Repository
from repos.sources import errors as sources

PAUSED, WORKING, CLOSED, FAILED = "paused", "working", "closed", "failed"
REFRESH_FAILED, CANCELLED, NOT_INDEXED = "refresh_failed", "cancelled", "not_indexed"
BY_WORDS, READY = str(Index.State.LEXICAL), str(Index.State.READY)

DOTS = {
    PAUSED: "waiting",
    WORKING: "working",
    CLOSED: "failed",
    FAILED: "failed",
    REFRESH_FAILED: "failed",
    BY_WORDS: "ready",
    READY: "ready",
    CANCELLED: "waiting",
    NOT_INDEXED: "waiting",
}
# Of WORKING and those that failed, the words are made of the job.
WORDS: dict[str, str | Promise] = {
    PAUSED: _("Indexing paused"),
    CLOSED: _(
        "Its host no longer lets this repository be read. Its index is closed, and deleted after a week unless the host opens it again."  # noqa: E501 - one sentence
    ),
    BY_WORDS: _("Ready by words"),
    READY: _("Ready"),
    CANCELLED: _("Indexing was cancelled"),
    NOT_INDEXED: _("Not indexed"),
}
# Lists say shortly what can be done; of the other states, what is said elsewhere.
LISTED_WORDS: dict[str, str | Promise] = {
    WORKING: _("being indexed"),
    CLOSED: _("no longer readable at its host"),
    FAILED: _("Indexing failed: open it to try again or remove it."),
    REFRESH_FAILED: _("The last refresh failed: open it to try again."),
    CANCELLED: _("Indexing was cancelled: open it to try again or remove it."),
    NOT_INDEXED: _("not indexed yet"),
}


@dataclass(frozen=True)
class ShownState:
    """`name` is one of `DOTS`, `dot` the class of its dot, `words` are in the current language."""

    name: str
    dot: str
    words: str


def shown_state(repository: Repository, job: IndexJob | None) -> ShownState:
    """The state of a repository whose last job is given."""
    name = _name(repository, job.state if job else None)
    return ShownState(name, DOTS[name], _words(name, job))


def listed_state(repository: Repository, last_job_state: str | None) -> ShownState:
    """The same for a row of a list, in few words."""
    name = _name(repository, last_job_state)
    return ShownState(name, DOTS[name], str(LISTED_WORDS.get(name) or WORDS[name]))


def job_error(job: IndexJob) -> str:
    """The error of a job in the current language; empty if it has none.

    Translated as a template of the catalogue that its code names, else as a sentence.
    """
    for catalogue in (sources.MESSAGES, embedders.MESSAGES):
        message = catalogue.get(job.error_code, "")
        # Two catalogues may use one code.
        if message and message.format_map(job.error_parameters) == job.error:
            return gettext(message).format_map(job.error_parameters)
    return gettext(job.error) if job.error else ""


def _name(repository: Repository, job_state: str | None) -> str:
    index = repository.current_index
    if job_state == IndexJob.State.PAUSED:
        return PAUSED
    if job_state in IndexJob.UNFINISHED:
        return WORKING
    if repository.closed_at is not None:
        return CLOSED
    if job_state == IndexJob.State.FAILED:
        return REFRESH_FAILED if index else FAILED
    if index is not None:
        return BY_WORDS if index.state == BY_WORDS else READY
    return CANCELLED if job_state == IndexJob.State.CANCELLED else NOT_INDEXED


def _words(name: str, job: IndexJob | None) -> str:
    if job is not None and name == WORKING:
        return str(job.get_stage_display())
    if job is not None and name in (FAILED, REFRESH_FAILED):
        return gettext("Failed: %(error)s") % {"error": job_error(job)}
    return str(WORDS[name])
