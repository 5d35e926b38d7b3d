"""The pages of repositories and conversations, and the parts that HTMX reloads."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from chat import services
from chat.core.errors import NoSuchRepository
from chat.models import Conversation, ConversationQuerySet, Message
from chat.services.named_repositories import find_named_repository
from chat.web.answer_repositories import host_pages, load_repositories
from chat.web.follow_ups import follow_ups
from chat.web.home import (
    matching_repositories,
    recent_conversations,
    removed_repositories,
    repository_list,
)
from chat.web.lookups import (
    own_answer,
    own_conversations,
    readable_repositories,
    readable_repository,
    search_text,
)
from chat.web.model_choices import provider_choices
from chat.web.rail import rail_context
from chat.web.repository_parts import repository_parts
from chat.web.source_groups import source_groups
from chat.web.source_viewer import viewer_context
from chat.web.suggestions import suggested_questions
from chat.web.title_views import conversation_to_title
from chat.web.view_models import RenderedTurn, commits_behind_text, load_thread
from deepwiki.accounts.settings_views import own_profile
from deepwiki.foundation.languages import ANSWER_CODE
from deepwiki.foundation.parsing import parse_uuid
from repos import services as repository_services
from repos.models import Repository
from repos.search import FoundFile, find_files
from repos.sources import SourceError

SWITCHER_REPOSITORIES = 6
SWITCHER_CONVERSATIONS = 8
SWITCHER_FILES = 6
FURTHER_CHOICES = 12


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The page to choose or add a repository."""
    return _render_home(request)


@require_safe
@login_required
def repository_by_name(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """`/<owner>/<repository>`, as at a git host: redirects to the repository's page.

    If there is none, the home page with the name filled in; a GET request adds nothing.
    """
    full_name = f"{owner}/{name}"
    repository = find_repository(request, full_name)
    if repository is not None:
        return redirect("repository", repository.pk)
    return render_missing(request, full_name)


@require_safe
@login_required
def repository_page(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The page for a new conversation about one repository."""
    repository = readable_repository(request, repository_id)
    suggestions = suggested_questions(repository)
    parts = repository_parts(request, repository)
    context = {"repository": repository, "turns": [], "suggestions": suggestions, "parts": parts}
    return _render_ask(request, context)


@require_safe
@login_required
def conversation_page(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """One's own conversation on the branch of the message `at`, else on the newest.

    HTMX requests with `before`, or for the thread, get only the turns (before that message).
    """
    rows = own_conversations(request).select_related("repository__current_index")
    conversation = get_object_or_404(rows, pk=conversation_id)
    Message.objects.filter(conversation=conversation).mark_interrupted()
    context = _conversation_context(request, conversation)
    if _wants_turns(request):
        return render(request, "chat/turns.html", context)
    return _render_ask(request, context)


@require_safe
@login_required
def message_footer(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """What stands below one's own answer, loaded when it has ended."""
    answer = own_answer(request, message_id)
    repository = answer.conversation.repository
    _hide_lost_index(request, repository)
    commits_behind = commits_behind_text(answer, repository)
    pages = host_pages(answer, repository, load_repositories([answer]))
    context = {
        "message": answer,
        "commits_behind": commits_behind,
        "groups": source_groups(answer, pages),
        "follow_ups": follow_ups(answer, repository),
        "untitled": conversation_to_title(answer),
    }
    return render(request, "chat/answer_end.html", context)


@require_safe
@login_required
def quick_switcher(request: HttpRequest) -> HttpResponse:
    """Repositories and conversations whose names contain what is typed.

    And files of the repository of the page, `repository`, by characters of their path.
    """
    repository = _switcher_repository(request)
    context = {
        "repository": repository,
        "files": _matching_files(request, repository)[:SWITCHER_FILES],
        "repositories": matching_repositories(request)[:SWITCHER_REPOSITORIES],
        "conversations": _matching_conversations(request)[:SWITCHER_CONVERSATIONS],
    }
    return render(request, "chat/quick_switcher.html", context)


@require_safe
@login_required
def repository_choices(request: HttpRequest) -> HttpResponse:
    """The list of the home page for what is typed into its field."""
    context = {**repository_list(request), "is_part": True}
    return render(request, "chat/choices.html", context)


@require_safe
@login_required
def further_choices(request: HttpRequest) -> HttpResponse:
    """Repositories that can be asked about besides that of the page, `repository`."""
    others = matching_repositories(request).exclude(current_index=None)
    first = list(filter(None, [parse_uuid(request.GET.get("repository"))]))
    context = {"repositories": others.exclude(pk__in=first)[:FURTHER_CHOICES]}
    return render(request, "chat/further_choices.html", context)


@require_safe
@login_required
def source(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The source pane: a file of the index with the cited lines marked."""
    repository = readable_repository(request, repository_id)
    context = viewer_context(repository, request.user.pk, request.GET)
    context["named"] = "named" in request.GET  # not that of the page
    return render(request, "chat/source.html", context)


def render_missing(request: HttpRequest, full_name: str) -> HttpResponse:
    """The home page with the name of a repository filled in that is not here."""
    return _render_home(request, repo_url=full_name)


def find_repository(request: HttpRequest, name: str) -> Repository | None:
    """The readable repository `owner/name` of any host. Raises Http404 if it cannot be one."""
    try:
        found = repository_services.find(request.user, name)
    except SourceError:
        raise Http404 from None
    if found is not None:
        return found
    with contextlib.suppress(NoSuchRepository):
        return find_named_repository(request.user, name)
    return None


def _render_home(request: HttpRequest, **context: Any) -> HttpResponse:
    shared = {**rail_context(request), **repository_list(request)}
    shared["recent"] = recent_conversations(request)
    shared["removed"] = removed_repositories(request)
    return render(request, "chat/home.html", {**shared, **context})


def _render_ask(request: HttpRequest, context: Mapping[str, Any]) -> HttpResponse:
    shared = {**rail_context(request), **_composer_context(request)}
    return render(request, "chat/ask.html", {**shared, **context})


def _conversation_context(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    repository = conversation.repository
    access_lost = _hide_lost_index(request, repository)
    at = _message_id(request, "at")
    before = _message_id(request, "before")
    thread = load_thread(conversation, at, before)
    turns = thread.turns if before else _with_follow_ups(thread.turns, repository)
    return {
        "repository": repository,
        "conversation": conversation,
        "turns": turns,
        "earlier": thread.earlier,
        "at": at,
        "access_lost": access_lost,
        "further": services.conversation_repositories(request.user, conversation),
    }


def _with_follow_ups(turns: list[RenderedTurn], repository: Repository) -> list[RenderedTurn]:
    """The last turns of a thread; where the last is an answer, with questions to go on with."""
    if not turns or turns[-1].is_question:
        return turns
    questions = follow_ups(turns[-1].message, repository)
    return [*turns[:-1], replace(turns[-1], follow_ups=tuple(questions))]


def _message_id(request: HttpRequest, name: str) -> uuid.UUID | None:
    return parse_uuid(request.GET.get(name))


def _wants_turns(request: HttpRequest) -> bool:
    is_part = "before" in request.GET or request.headers.get("HX-Target") == "thread"
    return bool(request.headers.get("HX-Request")) and is_part


def _hide_lost_index(request: HttpRequest, repository: Repository) -> bool:
    """True if the person may no longer read the repository of their conversation.

    Answers stay theirs; the present state of the index is then removed from the row.
    """
    if readable_repositories(request).filter(pk=repository.pk).exists():
        return False
    repository.current_index = None
    return True


def _matching_conversations(request: HttpRequest) -> ConversationQuerySet:
    """The person's conversations whose title contains `q`, last used first."""
    return own_conversations(request).filter(title__icontains=search_text(request.GET))


def _switcher_repository(request: HttpRequest) -> Repository | None:
    """The repository of the page on which the quick switcher is opened, if it may be read."""
    named = filter(None, [parse_uuid(request.GET.get("repository"))])
    return readable_repositories(request).filter(pk__in=list(named)).first()


def _matching_files(request: HttpRequest, repository: Repository | None) -> list[FoundFile]:
    """Files by what is typed; none before something is."""
    name = search_text(request.GET)
    if not name or repository is None or repository.current_index is None:
        return []
    return find_files(repository.current_index, name)


def _composer_context(request: HttpRequest) -> dict[str, Any]:
    """Context of the composer: models, answer languages, and the person's defaults."""
    providers = provider_choices()  # first: an Ollama found there may be the default
    profile = own_profile(request)
    default_provider = services.providers().default()
    return {
        "providers": providers,
        "default_provider": default_provider,
        "search_only": not services.providers().is_generative(default_provider),
        "languages": [(ANSWER_CODE[code], name) for code, name in settings.LANGUAGES],
        "answer_language": profile.answer_language or _language_of_page(),
        "chosen_model": profile.model,
        "max_question_chars": settings.CONTENT_CHARS,
    }


def _language_of_page() -> str:
    """As requests call it."""
    return ANSWER_CODE.get(get_language() or "en", "en")
