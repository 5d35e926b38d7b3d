"""Slides as one HTML file, and a person's answers in a workshop."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from deepwiki.foundation.attachments import attachment
from deepwiki.wiki.content import PageContent
from deepwiki.wiki.exports.slides_file import slides_file
from deepwiki.wiki.models import PageVersion, Wiki, WikiPage, WorkshopAnswer
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.reading.lessons import Lesson, lessons
from deepwiki.wiki.reading.page_tree import load_tree, page_url
from deepwiki.wiki.reading.rendered_page import PageHtml, rendered
from deepwiki.wiki.web.export_views import UNSAFE
from deepwiki.wiki.web.lookups import readable_wiki, readers_only

SLIDES, WORKSHOP = WikiPage.Kind.SLIDES, WikiPage.Kind.WORKSHOP
MAX_CHOICE_DIGITS = 2
Urls = Mapping[str, str]  # of the pages of a wiki, by slug


@dataclass(frozen=True)
class ShownExercise:
    """An exercise and what its reader answered last: None for nothing yet."""

    lesson: Lesson
    is_right: bool | None = None


def lesson_context(
    request: HttpRequest, page: WikiPage, version: PageVersion, shown: PageHtml, urls: Urls
) -> dict[str, Any]:
    """What templates are given of slides and workshops; nothing of other pages."""
    if page.kind not in (SLIDES, WORKSHOP):
        return {}
    found = lessons(PageContent.from_json(version.content), shown, urls)
    if page.kind == SLIDES:
        return {"lessons": found}
    return {"lessons": found, **exercise_context(request, page, found)}


def exercise_context(
    request: HttpRequest, page: WikiPage, found: Sequence[Lesson]
) -> dict[str, Any]:
    """The exercises with what their reader answered, and how many are right."""
    answers = _answers(request, page)
    exercises = [ShownExercise(each, answers.get(each.key)) for each in found]
    return {"exercises": exercises, "right": sum(bool(each.is_right) for each in exercises)}


def _answers(request: HttpRequest, page: WikiPage) -> Mapping[str, bool]:
    """By key of an exercise. Strangers have none: their browser keeps them."""
    return dict(_own_answers(request, page).values_list("exercise", "is_right"))


@require_safe
@readers_only
def slides_as_file(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """The slides of a page as one HTML file that shows itself. 404 for other pages."""
    wiki = readable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug, kind=SLIDES)
    version = current_version(page)
    if version is None:
        raise Http404
    name = f"{UNSAFE.sub('-', wiki.repository.name)}-slides.html"
    data = slides_file(wiki, version, load_tree(wiki).urls)
    response = attachment(data, "text/html; charset=utf-8", name)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_POST
@login_required
def answer_exercise(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """Keep whether `choice`, a place from 0, is right in `exercise`, a key; show it.

    404 for a key or a choice that the workshop does not have.
    """
    wiki = readable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug, kind=WORKSHOP)
    found = _exercises(wiki, page)
    chosen = next((each for each in found if each.key == request.POST.get("exercise")), None)
    if chosen is None:
        raise Http404
    is_right = _is_right(chosen, request)
    _remove_former(request, page, found)
    WorkshopAnswer.objects.update_or_create(
        page=page,
        person_id=request.user.pk,
        exercise=chosen.key,
        defaults={"is_right": is_right, "answered_at": timezone.now()},
    )
    if "HX-Request" not in request.headers:
        return redirect(f"{page_url(wiki, page)}#exercise-{chosen.place}")
    return _answered(request, page, found, chosen)


def _answered(
    request: HttpRequest, page: WikiPage, found: Sequence[Lesson], chosen: Lesson
) -> HttpResponse:
    """An exercise again, with how many are right."""
    context = exercise_context(request, page, found)
    shown = {"exercise": context["exercises"][chosen.place - 1], "slug": page.slug}
    context |= {**shown, "repository_id": page.wiki.repository_id, "is_answer": True}
    return render(request, "wiki/exercise.html", context)


def _exercises(wiki: Wiki, page: WikiPage) -> list[Lesson]:
    version = current_version(page)
    if version is None:
        raise Http404
    shown = rendered(version, wiki.repository, for_strangers=False)
    return lessons(PageContent.from_json(version.content), shown, load_tree(wiki).urls)


def _is_right(lesson: Lesson, request: HttpRequest) -> bool:
    text = request.POST.get("choice", "")
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_CHOICE_DIGITS):
        raise Http404
    for _, is_right in lesson.choices[int(text) : int(text) + 1]:
        return is_right
    raise Http404


def _remove_former(request: HttpRequest, page: WikiPage, found: Sequence[Lesson]) -> None:
    """Remove a person's answers to exercises that are no longer there."""
    _own_answers(request, page).exclude(exercise__in=[each.key for each in found]).delete()


def _own_answers(request: HttpRequest, page: WikiPage) -> QuerySet[WorkshopAnswer]:
    return WorkshopAnswer.objects.filter(page=page, person_id=request.user.pk)
