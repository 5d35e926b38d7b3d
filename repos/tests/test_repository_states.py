"""The state of a repository: the header, the status line and lists tell the same."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from repos.models import Index, IndexJob, Repository

LEXICAL, READY = Index.State.LEXICAL, Index.State.READY
# Job, index, closed; the dot, and words that all three places have.
STATES = [
    ("paused", "", False, "waiting", "indexing paused"),
    ("paused", READY, False, "waiting", "indexing paused"),
    ("queued", "", False, "working", ""),
    ("running", "", False, "working", ""),
    ("running", READY, True, "working", ""),
    ("failed", "", False, "failed", "failed"),
    ("failed", READY, False, "failed", "failed"),
    ("done", "", True, "failed", "host"),
    ("failed", "", True, "failed", "host"),
    ("cancelled", "", False, "waiting", "indexing was cancelled"),
    ("cancelled", READY, False, "ready", "ready"),
    ("done", LEXICAL, False, "ready", "ready by words"),
    ("done", READY, False, "ready", "ready"),
    ("done", "", False, "waiting", "not indexed"),
    ("", "", False, "waiting", "not indexed"),
]
LABEL = re.compile(r'aria-label="([^"]*)"')
DOT = re.compile(r'class="dot (\w+)"')


@pytest.mark.parametrize(("job_state", "index_state", "closed", "dot", "words"), STATES)
def test_header_status_line_and_lists_agree(job_state, index_state, closed, dot, words):
    repository = _repository(index_state, closed=closed)
    job = _job(repository, job_state)
    repository.last_job_state = job_state or None
    context = {
        "repository": repository,
        "index": repository.current_index,
        "job": job,
        "unfinished": job is not None and job.state in IndexJob.UNFINISHED,
        "brief": True,
        "ready": True,
    }
    header = render_to_string("repos/state_dot.html", context)
    line = render_to_string("repos/status_line.html", context)
    listed = render_to_string("repos/list_state.html", context)
    assert [DOT.findall(part) for part in (header, line, listed)] == [[dot]] * 3
    label = LABEL.findall(header)[0]
    assert label in " ".join(line.split())
    for part in (label, line, listed):
        assert words in part.lower()


def _repository(index_state: str, *, closed: bool) -> Repository:
    repository = Repository(kind="github", url="https://github.com/team/shop", name="team/shop")
    if index_state:
        repository.current_index = Index(repository=repository, commit="c0ffee", state=index_state)
    if closed:
        repository.closed_at = timezone.now()
    return repository


def _job(repository: Repository, state: str) -> IndexJob | None:
    if not state:
        return None
    error = "The host does not answer." if state == "failed" else ""
    return IndexJob(repository=repository, state=state, stage="embedding", error=error)
