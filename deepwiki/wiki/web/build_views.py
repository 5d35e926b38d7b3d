"""Builds by a language model: its choice, the estimate, the confirmation; one page once more."""

from __future__ import annotations

import contextlib
import math
import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from chat.web.model_choices import provider_choices
from deepwiki.foundation.languages import LANGUAGES
from deepwiki.foundation.parsing import parse_number
from deepwiki.wiki import builds, services
from deepwiki.wiki.builds.estimate import Estimate, estimate
from deepwiki.wiki.builds.language import last_language, settings_language
from deepwiki.wiki.builds.model_plan import last_purposes
from deepwiki.wiki.models import Wiki
from deepwiki.wiki.reading.page_tree import load_tree
from deepwiki.wiki.translation.languages import find_language, reading_language
from deepwiki.wiki.web.lookups import readable_wiki
from deepwiki.wiki.web.manage_views import managed_repository
from deepwiki.wiki.web.refusals import tell_refusals
from deepwiki.wiki.web.wiki_state import WikiState
from repos.models import Repository

MAX_DOLLARS = 100_000.0


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@tell_refusals
def model_build(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Choose a model, see what a wiki by it would cost, and confirm it with caps.

    For the repository's owner and who may change repositories; 404 for others.
    """
    repository = managed_repository(request, repository_id)
    choices = _choices()
    chosen = _chosen(request, choices)
    about = estimate(repository, *_parts(chosen))
    if request.method == "POST" and chosen:
        _request(request, repository, chosen, about)
        return redirect("wiki", repository_id)
    wiki = Wiki.objects.filter(repository=repository).first()
    context = {"choices": list(choices.items()), "chosen": chosen, "estimate": about}
    asked = settings_language(repository)
    context |= {"languages": LANGUAGES, "settings_language": asked}
    context["build_language"] = asked or _proposed_language(repository)
    shown = {**WikiState(repository, wiki).context, **context, **_planned(wiki)}
    return render(request, "wiki/model_build.html", shown)


def _planned(wiki: Wiki | None) -> dict[str, object]:
    """The pages of a wiki, and what the last plan of a model says that they are for."""
    if wiki is None:
        return {}
    tree = load_tree(wiki)
    purposes = last_purposes(wiki)
    planned = [
        {"title": page.title, "url": page.url, "purpose": purposes[page.page.slug]}
        for page in tree.pages
        if page.page.slug in purposes
    ]
    return {"tree": tree, "planned": planned}


@require_POST
@login_required
@tell_refusals
def write_again(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """Make one page once more, with the last model that was used; 404 for who does not manage."""
    managed_repository(request, repository_id)
    page = get_object_or_404(readable_wiki(request, repository_id).pages, slug=slug)
    with contextlib.suppress(builds.WikiDisabled):
        services.write_again(page, request.user.pk)
    return redirect("wiki-page", repository_id, slug)


def _choices() -> dict[str, str]:
    """`provider|model` -> label, of language models."""
    return {
        f"{provider.name}|{model['id']}": f"{provider.label} · {model.get('label', model['id'])}"
        for provider in provider_choices()
        if provider.is_generative
        for model in provider.models
    }


def _chosen(request: HttpRequest, choices: dict[str, str]) -> str:
    """The model that a request names, else the first. Raises Http404 for an unknown one."""
    asked = request.POST.get("model") or request.GET.get("model") or ""
    if asked and asked not in choices:
        raise Http404
    return asked or next(iter(choices), "")


def _parts(chosen: str) -> tuple[str, str]:
    provider, _, model = chosen.partition("|")
    return provider, model


def _request(request: HttpRequest, repository: Repository, chosen: str, about: Estimate) -> None:
    tokens = parse_number(request.POST.get("max_tokens")) or about.cap_tokens
    cost = _dollars(request.POST.get("max_cost", ""))
    language = _asked_language(request, repository)
    order = builds.BuildOrder(*_parts(chosen), tokens, cost, language=language)
    with contextlib.suppress(builds.WikiDisabled):
        services.build_wiki(repository, request.user.pk, order)


def _proposed_language(repository: Repository) -> str:
    """Where it asks for none: the language of what a model wrote, else the reader's."""
    return last_language(repository) or reading_language()


def _asked_language(request: HttpRequest, repository: Repository) -> str:
    """The code; empty where it is what the repository asks for. Raises Http404 for an unknown one."""
    code = request.POST.get("language", "")
    if not code:
        return ""
    found = find_language(code)
    if found is None:
        raise Http404
    if found.answer == settings_language(repository):
        return ""
    return found.answer


def _dollars(text: str) -> float:
    """An amount; 0, which is no limit, for anything else."""
    try:
        amount = float(text)
    except ValueError:
        return 0.0
    return min(max(amount, 0.0), MAX_DOLLARS) if math.isfinite(amount) else 0.0
