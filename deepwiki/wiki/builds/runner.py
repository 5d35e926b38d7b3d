"""Runs builds: plans the pages of a wiki and writes them one by one.

A build reads one state of the index, which it holds. After each page it looks whether it
was stopped; another worker goes on after the last page that was saved.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_noop

from deepwiki.foundation.incidents import log_incident
from deepwiki.wiki.builds import claims, queue
from deepwiki.wiki.builds.language import language_of
from deepwiki.wiki.builds.model_plan import ModelPlan, keep_purposes, plan_material
from deepwiki.wiki.builds.model_writing import (
    ModelWriting,
    in_writing_order,
    model_of,
)
from deepwiki.wiki.builds.page_store import (
    ClaimLost,
    fail_page,
    is_by_model,
    keep_page,
    match_stored,
    save_page,
    store_plan,
)
from deepwiki.wiki.evidence import IndexReader, read_code_base, read_name_hints, read_wiki_settings
from deepwiki.wiki.models import BuildPage, Wiki, WikiBuild
from deepwiki.wiki.pages import write_page
from deepwiki.wiki.plan import CodeBase, Coverage, WikiPlan, WikiSettings, plan_wiki
from deepwiki.wiki.writing.call_budget import CapReached
from deepwiki.wiki.writing.model_calls import CallFailed, CallStopped, ModelCaller
from deepwiki.wiki.writing.page_writer import PageWriter
from repos.access import OPERATOR_ID
from repos.jobs import stopping
from repos.models import Index, WebhookEvent
from repos.outgoing import announce
from repos.search import IndexSnapshot, extend_snapshot, release_snapshot, take_snapshot

logger = logging.getLogger(__name__)
State = WikiBuild.State
CANDIDATES = 8  # builds that a free worker tries to claim, in their order
MAX_CRASHES = 4  # of workers, after which a build is given up
MAX_ERROR_CHARS = 2_000
NO_INDEX = "The repository has no index yet."
SWITCHED_OFF = "The settings in the repository switch its wiki off."
CRASHED = "Making this wiki ended the worker several times. Tell the administrator."
INTERNAL = gettext_noop(
    "Something went wrong on our side. Tell the administrator: incident {incident}."
)
SOME_FAILED = gettext_noop(
    "{done} of {total} pages are written; {failed} failed. The first: {title}: {error}"
)
SOME_FROM_CODE = gettext_noop(
    "The model could not write {count} of {total} pages; each stays as it was, or is made from the"
    " code. The first: {title}: {error}"
)

OnUpdate = Callable[[WikiBuild], None]


def run_next() -> WikiBuild | None:
    """Run the build that waits longest and can be claimed; None without one."""
    for build_id in claims.next_queued(CANDIDATES):
        build = claims.claim(build_id)
        if build is not None:
            return _execute(build, lambda build: None)
    return None


def run(build_id: uuid.UUID | str, on_update: OnUpdate = lambda build: None) -> WikiBuild | None:
    """Claim and run a build; returns its row. Does nothing when another worker has it.

    `on_update` is called after each page.
    """
    build = claims.claim(build_id)
    if build is not None:
        return _execute(build, on_update)
    return WikiBuild.objects.filter(pk=build_id).first()


@dataclass(frozen=True)
class _Made:
    """A plan with what its pages are written from.

    `refused` is what the service of the model said of the plan if it takes no request of ours.
    """

    plan: WikiPlan
    code: CodeBase
    reader: IndexReader
    refused: str = ""


def _execute(build: WikiBuild, on_update: OnUpdate) -> WikiBuild:
    if build.crash_count >= MAX_CRASHES:
        _end(build, State.FAILED, CRASHED)
        return _fresh(build)
    snapshot = take_snapshot(build.wiki.repository_id, OPERATOR_ID)
    if snapshot is None:
        _end(build, State.FAILED, NO_INDEX)
        return _fresh(build)
    try:
        with claims.heartbeat(build, lambda: extend_snapshot(snapshot)):
            _make(build, snapshot, on_update)
    except CallStopped:
        claims.release(build)
    except CapReached as reached:
        _pause(build, str(reached) or queue.CAP_REACHED)
    except CallFailed as failed:
        _end(build, State.FAILED, str(failed))
    except ClaimLost:
        logger.info("a build of a wiki was stopped, or is another worker's: %s", build.pk)
    except Wiki.DoesNotExist:
        logger.info("repository deleted while its wiki was made")
    except Exception:
        incident = log_incident(logger, "making a wiki failed")
        _end(build, State.FAILED, INTERNAL.format(incident=incident))
    finally:
        release_snapshot(snapshot)
    return _fresh(build)


def _make(build: WikiBuild, snapshot: IndexSnapshot, on_update: OnUpdate) -> None:
    reader = IndexReader(snapshot)
    settings = read_wiki_settings(reader)
    if not settings.is_enabled:
        build.commit = snapshot.commit
        WikiBuild.objects.filter(pk=build.pk).update(commit=snapshot.commit)
        _end(build, State.CANCELLED, SWITCHED_OFF)
        return
    with model_of(build) as caller:
        made = _plan(build, snapshot, reader, settings, caller)
        model = None
        if caller is not None:
            language = language_of(build, settings)
            writer = PageWriter(caller, snapshot, made.plan, made.code, reader, language)
            model = ModelWriting(build, writer, made.refused)
        _write_all(build, made, model, on_update)


def _write_all(
    build: WikiBuild, made: _Made, model: ModelWriting | None, on_update: OnUpdate
) -> None:
    rows = BuildPage.objects.filter(build=build, state=BuildPage.State.WAITING)
    ordered = list(rows.select_related("page").order_by("page__position"))
    for row in ordered if model is None else in_writing_order(ordered):
        if stopping.is_set():
            claims.release(build)
            return
        _write(build, row, made, model)
        on_update(build)
    _finish(build)


def _plan(
    build: WikiBuild,
    snapshot: IndexSnapshot,
    reader: IndexReader,
    settings: WikiSettings,
    caller: ModelCaller | None,
) -> _Made:
    """The plan at the commit of the snapshot, stored unless a former run of the build did so."""
    code = read_code_base(snapshot, build.wiki.repository.name)
    hints = read_name_hints(code, reader)
    planned = plan_wiki(code, hints, settings)
    refused = ""
    if not settings.pages:
        material = plan_material(code, reader, hints, settings, language_of(build, settings))
        by_model = ModelPlan(build, caller, code, material)
        planned, refused = by_model.arrange(planned), by_model.refused
    plan, former_ids = match_stored(build.wiki, planned)
    if _is_unstored(build, snapshot, plan):
        build.commit = snapshot.commit
        index = Index.objects.filter(pk=snapshot.index_id).first()
        left_out = index.skipped.get("counts", {}) if index else {}
        store_plan(build, plan, former_ids, Coverage.of(plan, code, left_out).as_json())
        keep_purposes(build, plan)
    return _Made(plan, code, reader, refused)


def _is_unstored(build: WikiBuild, snapshot: IndexSnapshot, plan: WikiPlan) -> bool:
    slugs = BuildPage.objects.filter(build=build).values_list("page__slug", flat=True)
    wanted = {build.only_slug} if build.only_slug else set(plan.by_slug)
    return build.commit != snapshot.commit or set(slugs) != wanted


def _write(build: WikiBuild, row: BuildPage, made: _Made, model: ModelWriting | None) -> None:
    """Write a page and save it; a page that cannot be written does not stop the others."""
    planned = made.plan.by_slug[row.page.slug]
    try:
        content = write_page(planned, made.plan, made.code, made.reader)
        if model is not None:
            model.write(row, planned, content)
        elif not build.is_ordered and is_by_model(row):
            keep_page(build, row)
        else:
            save_page(build, row, planned.title, content)
    except (ClaimLost, CapReached, CallStopped):
        raise
    except Exception:
        incident = log_incident(logger, "writing a page of a wiki failed")
        fail_page(build, row, INTERNAL.format(incident=incident))


def _finish(build: WikiBuild) -> None:
    """End a build and say what failed."""
    rows = BuildPage.objects.filter(build=build).select_related("page").order_by("page__position")
    failed = [row for row in rows if row.state == BuildPage.State.FAILED]
    error = ""
    if failed:
        first = failed[0]
        error = SOME_FAILED.format(
            done=len(rows) - len(failed),
            total=len(rows),
            failed=len(failed),
            title=first.page.title,
            error=first.error,
        )
    fallen = [row for row in rows if row.is_fallback]
    if fallen and not failed:
        error = SOME_FROM_CODE.format(
            count=len(fallen), total=len(rows), title=fallen[0].page.title, error=fallen[0].error
        )
    nothing_written = bool(failed) and len(failed) == len(rows)
    _end(build, State.FAILED if nothing_written else State.DONE, error)
    if not nothing_written:
        Wiki.objects.filter(pk=build.wiki_id).update(built_at=timezone.now())


def _end(build: WikiBuild, state: State, error: str = "") -> None:
    """Store how a build ended, and request another one if the index has moved on meanwhile."""
    ended = claims.claimed_as(build).update(
        state=state, error=error[:MAX_ERROR_CHARS], finished_at=timezone.now()
    )
    if ended and state == State.DONE:
        repository = build.wiki.repository
        repository.refresh_from_db()
        announce(WebhookEvent.WIKI_CHANGED, repository, {"commit": build.commit}, key=f"{build.pk}")
        if queue.is_outdated(repository):
            queue.request(repository, build.requested_by_id)


def _pause(build: WikiBuild, error: str) -> None:
    claims.claimed_as(build).update(state=State.PAUSED, error=error)


def _fresh(build: WikiBuild) -> WikiBuild:
    """The build as its row stands now; itself when the row is deleted."""
    return WikiBuild.objects.filter(pk=build.pk).first() or build
