"""Translations are made once, survive their workers, and never replace what came meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.models import PageVersion, TranslationRequest, Wiki
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.tests import test_translation_requests as requests
from deepwiki.wiki.tests.test_translation_requests import PARTS, address, parts, requested, text
from deepwiki.wiki.tests.wikis import SamplePage, write
from deepwiki.wiki.translation.model_translation import TranslatedPage
from deepwiki.wiki.translation.page_requests import (
    DISABLED,
    OVERTAKEN,
    RUN_TIMEOUT,
    rescue,
    run_request,
    store_translation,
)
from deepwiki.wiki.writing.model_calls import CallFailed

pytestmark = pytest.mark.django_db
State = TranslationRequest.State
answering, page, manager = requests.answering, requests.page, requests.manager


def died(request):
    """The worker of a request was killed some time ago."""
    long_ago = timezone.now() - RUN_TIMEOUT - timedelta(minutes=1)
    rows = TranslationRequest.objects.filter(pk=request.pk)
    rows.update(state=State.RUNNING, changed_at=long_ago)


def jobs():
    return ProcrastinateJob.objects.filter(task_name="wiki.translate_page").count()


def test_a_run_that_lost_its_worker_is_not_shown_as_going_on(page, manager, answering):
    answering(parts(PARTS))
    died(requested(page, manager))
    shown = text(manager.get(address(page)))
    assert "being made" not in shown and "Translate it into Français" in shown


def test_a_request_whose_worker_died_is_taken_up_once(page, manager, answering):
    answering(parts(PARTS))
    request = requested(page, manager)
    assert rescue() == 0
    died(request)
    assert rescue() == 1 and jobs() == 2
    died(request)
    assert rescue() == 0 and jobs() == 2
    request.refresh_from_db()
    assert request.state == State.FAILED and "twice" in request.error
    assert run_request(requested(page, manager).pk).state == State.DONE


def test_a_run_tells_that_it_goes_on_after_each_answer(page, manager, answering):
    request = requested(page, manager)
    answering("text=No.")
    before = timezone.now()
    run_request(request.pk)
    request.refresh_from_db()
    assert request.changed_at > before and request.input_tokens > 0


def test_a_page_that_has_its_translation_is_not_translated_again(page, manager, answering):
    server = answering(parts(PARTS))
    request = requested(page, manager)
    run_request(request.pk)
    for _ in range(20):
        requested(page, manager)
        run_request(request.pk)
    assert jobs() == 1 and len(server.requests) == 1


def test_the_wiki_was_switched_off_before_the_run(page, manager, answering):
    server = answering(parts(PARTS))
    request = requested(page, manager)
    Wiki.objects.update(is_disabled=True)
    assert run_request(request.pk).error == DISABLED
    assert not server.requests


@pytest.mark.parametrize(
    ("language", "author"), [("en", PageVersion.Author.CODE), ("fr", PageVersion.Author.PERSON)]
)
def test_what_was_written_meanwhile_stays_the_newest(page, language, author):
    original = current_version(page, "en")
    newer = write(page, SamplePage("mail", "Mail", "Newer."), "c0ffee", language=language)
    PageVersion.objects.filter(pk=newer.pk).update(made_by=author)
    made = TranslatedPage("Courrier", PageContent.from_json(original.content), 1, 0)
    with pytest.raises(CallFailed, match=OVERTAKEN):
        store_translation(original, "fr", made)
    assert not page.versions.filter(translated_from=original).exists()
