"""Requests for builds, and what people do with them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone
from procrastinate.contrib.django import app

from deepwiki.wiki.models import BuildPage, Wiki, WikiBuild
from repos.models import Repository

State = WikiBuild.State
DISABLED = "The wiki of this repository is switched off."
CAP_REACHED = (
    "The build has reached its limit of cost. The pages written so far stay; resume it to let it"
    " spend as much again."
)
DAY_USED_UP = (
    "The tokens that may be used in a day are used up. The pages written so far stay; resume it"
    " tomorrow."
)
REQUEST_ATTEMPTS = 5
QUEUE = "wiki"


@dataclass(frozen=True)
class BuildOrder:
    """How a wiki is to be made: by which model, within which caps; one page of it or all.

    Fields of `ModelBuild`. Without a model it is made from the code only.
    """

    provider: str = ""
    model: str = ""
    max_tokens: int = 0
    max_cost: float = 0.0
    only_slug: str = ""
    language: str = ""
    by_operator: bool = False


FROM_CODE = BuildOrder()


class WikiDisabled(Exception):
    """The wiki of this repository is switched off."""


def request(
    repository: Repository,
    user_id: int | None = None,
    *,
    start: bool = True,
    order: BuildOrder = FROM_CODE,
) -> tuple[WikiBuild, bool]:
    """The unfinished build of a repository's wiki, created if there is none; whether it is new.

    A new one is handed to a worker unless `start` is false. The database allows one
    unfinished build a wiki, so concurrent requests get the same one. Raises WikiDisabled, and
    IntegrityError when the repository is deleted.
    """
    wiki, _ = Wiki.objects.get_or_create(repository=repository)
    if wiki.is_disabled:
        raise WikiDisabled(DISABLED)
    for attempt in range(REQUEST_ATTEMPTS):
        try:
            return _create(wiki, user_id, order, start=start), True
        except IntegrityError:
            unfinished = wiki.builds.filter(state__in=WikiBuild.UNFINISHED).first()
            if unfinished is not None:
                return unfinished, False
            if attempt == REQUEST_ATTEMPTS - 1:
                raise
    raise AssertionError  # the last attempt returned or raised


def _create(wiki: Wiki, user_id: int | None, order: BuildOrder, *, start: bool) -> WikiBuild:
    with transaction.atomic():
        build = WikiBuild.objects.create(wiki=wiki, requested_by_id=user_id, **asdict(order))
        if start:
            enqueue(build)
    return build


def enqueue(build: WikiBuild) -> None:
    """Send a message for the build to the workers."""
    # By name: the task calls the runner, which stands above this module.
    app.configure_task("wiki.run_build", queue=QUEUE).defer(build_id=str(build.pk))


def is_outdated(repository: Repository) -> bool:
    """Is a wiki to be made: has its index another commit than what was last built?

    False without an index, with one switched off, and while one is being made.
    """
    index = repository.current_index
    if index is None:
        return False
    wiki = Wiki.objects.filter(repository=repository).first()
    if wiki is None:
        return True
    if wiki.is_disabled or wiki.builds.filter(state__in=WikiBuild.UNFINISHED).exists():
        return False
    last = wiki.builds.filter(only_slug="").order_by("-created_at").first()
    return last is None or last.commit != index.commit


def pause(build: WikiBuild) -> bool:
    """Stop a build until `resume`; the pages made so far stay. Whether it was unfinished."""
    return _change_state(build, [State.QUEUED, State.RUNNING], State.PAUSED)


def resume(build: WikiBuild) -> bool:
    """Go on with a paused build; whether it was paused."""
    with transaction.atomic():
        _raise_caps(build)
        WikiBuild.objects.filter(pk=build.pk, state=State.PAUSED).update(error="")
        resumed = _change_state(build, [State.PAUSED], State.QUEUED)
        if resumed:
            enqueue(build)
    return resumed


def _raise_caps(build: WikiBuild) -> None:
    """A build that has reached a cap may spend as much again."""
    row = WikiBuild.objects.filter(pk=build.pk, state=State.PAUSED, error=CAP_REACHED)
    tokens = Case(When(max_tokens__gt=0, then=F("max_tokens") + build.max_tokens), default=0)
    cost = Case(When(max_cost__gt=0, then=F("max_cost") + build.max_cost), default=0.0)
    row.update(max_tokens=tokens, max_cost=cost)


def cancel(build: WikiBuild) -> bool:
    """End an unfinished build; the pages made so far stay. Whether it was unfinished."""
    row = WikiBuild.objects.filter(pk=build.pk, state__in=WikiBuild.UNFINISHED)
    return bool(row.update(state=State.CANCELLED, finished_at=timezone.now()))


def retry_failed(build: WikiBuild) -> bool:
    """Make the failed pages of a build, and those without the model, once more; False when another one is unfinished."""
    try:
        with transaction.atomic():
            ended = WikiBuild.objects.filter(pk=build.pk, state__in=[State.DONE, State.FAILED])
            changes = {"error": "", "finished_at": None, "crash_count": 0}
            if not ended.update(state=State.QUEUED, **changes):
                return False
            failed = build.pages.filter(Q(state=BuildPage.State.FAILED) | Q(is_fallback=True))
            changes = {"error": "", "finished_at": None, "is_fallback": False}
            failed.update(state=BuildPage.State.WAITING, **changes)
            enqueue(build)
    except IntegrityError:
        return False
    return True


def _change_state(build: WikiBuild, before: list[State], after: State) -> bool:
    row = WikiBuild.objects.filter(pk=build.pk, state__in=before)
    return bool(row.update(state=after))
