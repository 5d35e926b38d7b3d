"""A person's own settings, and what is shown after too many wrong passwords."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from chat import services
from deepwiki.accounts.models import ApiToken, Profile
from deepwiki.accounts.preferences import remember

MOST_TOKENS = 50


class ProfileForm(forms.ModelForm[Profile]):
    """Language, theme and default model."""

    class Meta:
        model = Profile
        fields = ["language", "theme", "model"]

    def __init__(self, *args: Any, models: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", _("As the browser asks")), *settings.LANGUAGES]
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=languages, required=False
        )
        kept = self.instance.model
        known = [("", _("The first that is set up")), *models]
        if kept and kept not in dict(known):
            known.append((kept, kept.replace("|", " · ")))
        self.fields["model"] = forms.ChoiceField(
            label=_("Default model"), choices=known, required=False
        )


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Read and change one's own settings."""
    own = Profile.objects.filter(user=request.user.pk).first() or Profile(
        user_id=request.user.pk or 0
    )
    form = ProfileForm(request.POST or None, instance=own, models=_models())
    if request.method == "POST" and form.is_valid():
        form.save()
        return remember(
            redirect(reverse("profile") + "?saved=1"), request.user
        )  # said in the language now chosen
    return render(request, "accounts/profile.html", {"form": form, "tokens": _tokens(request)})


@require_POST
@login_required
def token_new(request: HttpRequest) -> HttpResponse:
    """Make an API token and show it, once."""
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:100]
    if _tokens(request).count() >= MOST_TOKENS:
        return _token_list(request, full=True)
    return _token_list(request, clear=ApiToken.issue(request.user, name or "token")[1])


@require_POST
@login_required
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke one's own API token, at once."""
    get_object_or_404(_tokens(request), pk=token_id)
    _tokens(request).filter(pk=token_id).update(revoked_at=timezone.now())
    return _token_list(request)


def _models() -> list[tuple[str, str]]:
    known = services.providers()
    known.refresh_discovered_models()
    return [
        (f"{name}|{model['id']}", f"{section['label']} · {model.get('label', model['id'])}")
        for name, section in known.configured().items()
        for model in section.get("models", [])
    ]


def _tokens(request: HttpRequest) -> Any:
    return ApiToken.objects.filter(user=request.user.pk, revoked_at=None)


def _token_list(request: HttpRequest, **context: Any) -> HttpResponse:
    response = render(request, "accounts/tokens.html", {"tokens": _tokens(request), **context})
    response.headers["Cache-Control"] = "no-store"
    return response


def locked_out(
    request: HttpRequest, original_response: Any = None, credentials: Any = None
) -> HttpResponse:
    """What somebody sees after too many wrong passwords: the same whether the name exists or not."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    response = render(request, "429.html", {"minutes": seconds // 60}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
