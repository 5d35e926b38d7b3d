"""API tokens, and the answer to too many failed sign-ins."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from deepwiki.accounts.agent_snippets import AgentSnippet, agent_snippets
from deepwiki.accounts.models import DEFAULT_SCOPES, ApiToken
from deepwiki.accounts.token_form import TokenForm

MAX_TOKENS = 50


@require_safe
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own API tokens."""
    return render(request, "accounts/api_tokens.html", _token_context(request))


@require_POST
@login_required
def token_new(request: HttpRequest) -> HttpResponse:
    """Make an API token and show it, once."""
    if _tokens(request).count() >= MAX_TOKENS:
        return _token_list(request, full=True)
    form = TokenForm(request.POST, person=request.user)
    if not form.is_valid():
        return _token_list(request, status=422, token_form=form)
    clear = form.issue(request.user)
    return _token_list(request, clear=clear, snippets=_snippets(form, clear))


@require_POST
@login_required
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke one's own API token, at once."""
    if not _tokens(request).filter(pk=token_id).update(revoked_at=timezone.now()):
        raise Http404
    return _token_list(request)


def locked_out(
    request: HttpRequest, original_response: Any = None, credentials: Any = None
) -> HttpResponse:
    """axes' answer to too many failed sign-ins: the same whether the name exists or not."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    response = render(request, "429.html", {"minutes": seconds // 60}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _snippets(form: TokenForm, clear: str) -> list[AgentSnippet]:
    """None for a token that agents have no use for."""
    if set(form.cleaned_data["scopes"]).isdisjoint(DEFAULT_SCOPES):
        return []
    return list(agent_snippets(clear))


def _tokens(request: HttpRequest) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=request.user.pk, revoked_at=None)


def _token_context(request: HttpRequest) -> dict[str, Any]:
    return {"tokens": _tokens(request), "token_form": TokenForm(person=request.user)}


def _token_list(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    context = {**_token_context(request), **context}
    response = render(request, "accounts/tokens.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
