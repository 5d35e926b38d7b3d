"""Translations of pages by a model: what one costs, requests, and the runs of a worker."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from procrastinate.contrib.django import app

from chat.core.context_budget import estimate
from chat.core.ports import Model
from chat.services.configuration import providers
from deepwiki.foundation.incidents import log_incident
from deepwiki.wiki.content import PageContent
from deepwiki.wiki.day_quota import QuotaUsedUp, check_tokens_left, within_quota
from deepwiki.wiki.models import PageVersion, TranslationRequest, WikiPage
from deepwiki.wiki.pages import markdown
from deepwiki.wiki.translation.languages import BY_CODE
from deepwiki.wiki.translation.model_answers import ModelAnswers, translating_model
from deepwiki.wiki.translation.model_translation import TranslatedPage, translate_page
from deepwiki.wiki.translation.originals import original_of
from deepwiki.wiki.writing.call_budget import Budget, Spent
from deepwiki.wiki.writing.model_calls import CallFailed, CallStopped, ModelCaller
from repos.jobs import stopping

logger = logging.getLogger(__name__)
State = TranslationRequest.State
QUEUE = "wiki"
RUN_TIMEOUT = timedelta(minutes=30)  # a run that says nothing for so long has lost its worker
WRITTEN_SHARE = 1.6  # tokens of a translation, for each of the text
INSTRUCTION_TOKENS = 250
BATCH_TOKENS = 1_500
CAP_TOKENS = 2_000
CAP = 3  # times the estimate, after which the rest stays as it was written
MAX_TITLE_CHARS = 200
NO_MODEL = "No language model is set up."
UNUSABLE = "Nothing in the model's answer could be used as a translation."
DISABLED = "The wiki of this repository is switched off."
OVERTAKEN = "The page was changed while it was translated."
LOST = "The worker that translated the page was ended twice. Ask again later."
INTERNAL = "Something went wrong on our side. Tell the administrator: incident {incident}."


@dataclass(frozen=True)
class TranslationEstimate:
    """What translating a page takes: tokens, and money where the models file has a price."""

    model: Model
    tokens: int
    cost: float | None

    @property
    def model_name(self) -> str:
        """As people know it."""
        return self.model.id


def estimated(original: PageVersion) -> TranslationEstimate | None:
    """What a translation takes; None without a model that writes."""
    model = translating_model()
    if model is None:
        return None
    text = estimate(original.text)
    read = text + INSTRUCTION_TOKENS * (1 + text // BATCH_TOKENS)
    written = round(WRITTEN_SHARE * text)
    cost = providers().cost(model.provider, model.id, read, written)
    return TranslationEstimate(model, read + written, cost)


def open_request(page: WikiPage, language: str) -> TranslationRequest | None:
    """The last request of a page in a language."""
    return TranslationRequest.objects.filter(page=page, language=language).first()


def has_translation(page: WikiPage, language: str) -> bool:
    """Whether the newest version in a language is of the newest original, or none is needed.

    None is where somebody wrote the page in that language, after what else was written.
    """
    original = original_of(page)
    versions = page.versions.filter(language=language).order_by("-version_number")
    newest = versions.first()
    if newest is None or _gives_way(newest, original):
        return False
    return original is None or newest.translated_from_id in (None, original.pk)


def _gives_way(newest: PageVersion, original: PageVersion | None) -> bool:
    """Whether a version was made from the code, and a model wrote the page."""
    authors = PageVersion.Author
    if original is None or newest.made_by != authors.CODE:
        return False
    return original.made_by == authors.MODEL


def request_translation(
    page: WikiPage, language: str, user_id: int | None
) -> TranslationRequest | None:
    """Hand a page to the workers, unless it waits or is being translated; None if it has one.

    Raises QuotaUsedUp.
    """
    if has_translation(page, language):
        return None
    check_tokens_left(user_id)
    with transaction.atomic():
        row, is_new = TranslationRequest.objects.get_or_create(page=page, language=language)
        rows = TranslationRequest.objects.filter(pk=row.pk)
        if not is_new:
            rows = rows.exclude(_is_going_on())
        if rows.update(
            state=State.WAITING, error="", requested_by=user_id, changed_at=timezone.now()
        ):
            _enqueue(row)
    row.refresh_from_db()
    return row


def is_going_on(request: TranslationRequest) -> bool:
    """Whether a request waits or is worked on, as far as one can tell by its time."""
    return TranslationRequest.objects.filter(_is_going_on(), pk=request.pk).exists()


def rescue() -> int:
    """Hand requests to the workers again whose worker died; returns how many.

    One whose worker died twice fails: the page may be what ends them.
    """
    rows = TranslationRequest.objects.filter(state__in=[State.WAITING, State.RUNNING])
    return sum(map(_rescue, rows.exclude(_is_going_on())))


def _rescue(request: TranslationRequest) -> bool:
    is_lost = request.state == State.RUNNING
    state = State.FAILED if is_lost and request.error else State.WAITING
    same = {"run_number": request.run_number, "changed_at": request.changed_at}
    row = TranslationRequest.objects.filter(pk=request.pk, state=request.state, **same)
    error = LOST if is_lost else request.error
    with transaction.atomic():
        if not row.update(state=state, error=error, changed_at=timezone.now()):
            return False
        if state == State.WAITING:
            _enqueue(request)
    return state == State.WAITING


def run_request(request_id: int) -> TranslationRequest | None:
    """Translate the page of a request that waits; None when there is nothing to do."""
    rows = TranslationRequest.objects.filter(pk=request_id, state=State.WAITING)
    # The error of a rescued one stays, so that it is not rescued for ever.
    started = {"state": State.RUNNING, "run_number": F("run_number") + 1}
    if not rows.update(**started, changed_at=timezone.now()):
        return None
    request = TranslationRequest.objects.select_related("page__wiki").get(pk=request_id)
    request.state, request.error = State.DONE, ""
    try:
        _run(request)
    except CallFailed as failure:
        request.state, request.error = State.FAILED, str(failure)
    except CallStopped:
        request.state = State.WAITING
    except Exception:
        incident = log_incident(logger, "translating a page failed")
        request.state, request.error = State.FAILED, INTERNAL.format(incident=incident)
    _end(request)
    return request


def _run(request: TranslationRequest) -> None:
    """Translate and store. Raises CallFailed, CallStopped."""
    if request.page.wiki.is_disabled:
        raise CallFailed(DISABLED)
    original = original_of(request.page)
    plan = estimated(original) if original is not None else None
    if original is None or plan is None:
        raise CallFailed(NO_MODEL)
    request.model = plan.model_name
    cap = _cap(request, plan)
    budget = Budget(max_tokens=cap, on_spent=partial(_count, request))
    model = plan.model
    with ModelCaller(model.provider, model.id, budget, stopping.is_set) as caller:
        page = _translated(original, request.language, ModelAnswers(caller))
    if not page.translated:
        raise CallFailed(UNUSABLE)
    store_translation(original, request.language, page)


def _cap(request: TranslationRequest, plan: TranslationEstimate) -> int:
    """The tokens that a run may use. Raises CallFailed where the day's tokens are used up."""
    try:
        return within_quota(CAP * plan.tokens + CAP_TOKENS, request.requested_by_id)
    except QuotaUsedUp as used_up:
        raise CallFailed(str(used_up)) from used_up


def _count(request: TranslationRequest, spent: Spent) -> None:
    """Store what an attempt has cost, and that the run goes on."""
    request.input_tokens += spent.input_tokens
    request.output_tokens += spent.output_tokens
    TranslationRequest.objects.filter(pk=request.pk, run_number=request.run_number).update(
        input_tokens=request.input_tokens,
        output_tokens=request.output_tokens,
        changed_at=timezone.now(),
    )


def _translated(original: PageVersion, language: str, ask: ModelAnswers) -> TranslatedPage:
    content = PageContent.from_json(original.content)
    return translate_page(original.title, content, BY_CODE[language].english_name, ask)


def store_translation(original: PageVersion, language: str, page: TranslatedPage) -> PageVersion:
    """The translation as a new version. Raises CallFailed if the page has changed meanwhile."""
    for attempt in range(3):
        numbers = PageVersion.objects.filter(page=original.page_id, language=language)
        last = numbers.aggregate(last=Max("version_number"))["last"] or 0
        try:
            with transaction.atomic():
                _check_still_wanted(original, language)
                return PageVersion.objects.create(
                    page_id=original.page_id,
                    language=language,
                    version_number=last + 1,
                    title=page.title[:MAX_TITLE_CHARS],
                    commit=original.commit,
                    content={**page.content.as_json(), "untranslated": page.untranslated},
                    text=markdown(page.content, page.title),
                    made_by=PageVersion.Author.MODEL,
                    translated_from=original,
                )
        except IntegrityError:
            if attempt == 2:
                raise
    raise AssertionError  # the last attempt returned or raised


def _check_still_wanted(original: PageVersion, language: str) -> None:
    """Raises CallFailed if another version has come since; locks the page."""
    page = WikiPage.objects.select_for_update().get(pk=original.page_id)
    if original_of(page) != original or has_translation(page, language):
        raise CallFailed(OVERTAKEN)


def _end(request: TranslationRequest) -> None:
    """Store how a run ended, unless another one has begun; one that was stopped waits again."""
    request.changed_at = timezone.now()
    fields = ("state", "error", "model", "input_tokens", "output_tokens", "changed_at")
    rows = TranslationRequest.objects.filter(pk=request.pk, run_number=request.run_number)
    with transaction.atomic():
        ended = rows.update(**{name: getattr(request, name) for name in fields})
        if ended and request.state == State.WAITING:
            _enqueue(request)


def _enqueue(request: TranslationRequest) -> None:
    # By name: the task stands above this module.
    app.configure_task("wiki.translate_page", queue=QUEUE).defer(request_id=request.pk)


def _is_going_on() -> Q:
    recent = Q(changed_at__gt=timezone.now() - RUN_TIMEOUT)
    return recent & Q(state__in=[State.WAITING, State.RUNNING])
