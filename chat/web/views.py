"""The pages of the chat and their parts."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from chat import services
from chat.models import Conversation, Message
from chat.web.history_views import listed
from chat.web.source_viewer import viewer
from chat.web.suggestions import suggested
from chat.web.view_models import behind, message_id_of, thread
from deepwiki.accounts.models import Profile
from deepwiki.foundation.text import clean
from repos import services as repositories
from repos.models import Repository
from repos.sources import SourceError

# Interface language -> code of the answer's language in requests
ANSWER_LANGUAGES = {"zh-hans": "zh", "zh-hant": "zh-tw", "ko": "kr"}


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The page to choose or add a repository on."""
    return render(request, "chat/home.html", {**listed(request), "repositories": _choices(request)})


@require_GET
@login_required
def by_name(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """`/<owner>/<repository>`, as on its host: opens it, or offers to add it. A link alone adds nothing."""
    try:
        known = repositories.find(request.user, f"{owner}/{name}")
    except SourceError:
        raise Http404 from None
    if known is not None:
        return redirect("repository", known.pk)
    context = {**listed(request), "repositories": _choices(request), "repo_url": f"{owner}/{name}"}
    return render(request, "chat/home.html", context)


@require_GET
@login_required
def repository(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """A new conversation about one repository."""
    readable = Repository.objects.readable_by(request.user).select_related("current_index")
    chosen = get_object_or_404(readable, pk=repository_id)
    context = {"repository": chosen, "turns": [], "suggestions": suggested(chosen)}
    return render(request, "chat/ask.html", {**listed(request), **_composer(request), **context})


@require_GET
@login_required
def conversation(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """A conversation of one's own; for the page that is open, the part of it before a message."""
    mine = Conversation.objects.of(request.user).select_related("repository__current_index")
    chosen = get_object_or_404(mine, pk=conversation_id)
    Message.objects.filter(conversation=chosen).mark_interrupted()
    lost = _hide_if_lost(request, chosen.repository)
    at, before = (message_id_of(request.GET.get(name)) for name in ("at", "before"))
    shown = thread(chosen, at, before)
    context = {
        "repository": chosen.repository,
        "conversation": chosen,
        "turns": shown.turns,
        "earlier": shown.earlier,
        "at": at,
        "lost": lost,
    }
    if before is not None and request.headers.get("HX-Request"):
        return render(request, "chat/turns.html", context)
    return render(request, "chat/ask.html", {**listed(request), **_composer(request), **context})


@require_GET
@login_required
def message_markdown(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """One answer of one's own as a Markdown file, with the question above it and the sources below."""
    mine = Message.objects.answers_of(request.user)
    answer = get_object_or_404(
        mine.select_related("conversation__repository", "parent"), pk=message_id
    )
    text = render_to_string("chat/answer.md", {"answer": answer, "question": answer.parent})
    headers = {"Content-Disposition": 'attachment; filename="answer.md"'}
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=headers)


@require_GET
@login_required
def message_footer(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """What stands below an answer of one's own, once it has ended."""
    mine = Message.objects.answers_of(request.user)
    answer = get_object_or_404(
        mine.select_related("conversation__repository__current_index"), pk=message_id
    )
    _hide_if_lost(request, answer.conversation.repository)
    context = {"message": answer, "behind": behind(answer, answer.conversation.repository)}
    return render(request, "chat/answer_footer.html", context)


@require_GET
@login_required
def switch(request: HttpRequest) -> HttpResponse:
    """Repositories and conversations with the words being typed, for going there."""
    text = clean(request.GET.get("q", "")).strip()[:200]
    mine = Conversation.objects.of(request.user).select_related("repository")
    found = mine.filter(title__icontains=text) if text else mine
    context = {"repositories": _choices(request)[:6], "conversations": found[:8]}
    return render(request, "chat/quick_switcher.html", context)


@require_GET
@login_required
def rail(request: HttpRequest) -> HttpResponse:
    """The list of conversations, for refreshing it in place."""
    return render(request, "chat/rail.html", listed(request))


@require_GET
@login_required
def choices(request: HttpRequest) -> HttpResponse:
    """Repositories that match what is being typed."""
    return render(request, "chat/choices.html", {"repositories": _choices(request)})


@require_GET
@login_required
def source(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """A file of the index with some of its lines marked."""
    chosen = get_object_or_404(Repository.objects.readable_by(request.user), pk=repository_id)
    return render(request, "chat/source.html", viewer(chosen, request.user.pk, request.GET))


def _hide_if_lost(request: HttpRequest, repository: Repository) -> bool:
    """What was answered stays one's own; where a repository stands is for those who may still read it."""
    lost = not Repository.objects.readable_by(request.user).filter(pk=repository.pk).exists()
    if lost:
        repository.current_index = None
    return lost


def _choices(request: HttpRequest) -> Any:
    readable = (
        Repository.objects.readable_by(request.user).worth_listing().select_related("current_index")
    )
    readable = readable.order_by("-used_at")
    text = clean(request.GET.get("q", "")).strip()[:200]
    return readable.filter(url__icontains=text)[:30] if text else readable[:30]


def _composer(request: HttpRequest) -> dict[str, Any]:
    known = services.providers()
    known.refresh_discovered_models()
    configured = known.configured()
    default = known.default()
    return {
        "providers": [
            (name, section["label"], section.get("models", []), bool(section.get("custom")))
            for name, section in configured.items()
        ],
        "default_provider": default,
        "search_only": default == "search-only",
        "languages": [
            (ANSWER_LANGUAGES.get(code, code), name) for code, name in settings.LANGUAGES
        ],
        "answer_language": ANSWER_LANGUAGES.get(get_language() or "en", get_language() or "en"),
        "chosen_model": Profile.objects.filter(user=request.user.pk)
        .values_list("model", flat=True)
        .first()
        or "",
    }
