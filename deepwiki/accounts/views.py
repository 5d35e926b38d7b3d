"""The profile page, API tokens, and the answer to too many failed sign-ins."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from deepwiki.accounts.models import ApiToken, Profile
from deepwiki.accounts.preferences import set_preference_cookies

MAX_TOKENS = 50


class ProfileForm(forms.ModelForm[Profile]):
    """Language, theme and default model. `models` are the (value, label) pairs offered."""

    class Meta:
        model = Profile
        fields = ["language", "theme", "model"]

    def __init__(self, *args: Any, models: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", _("As the browser asks")), *settings.LANGUAGES]
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=languages, required=False
        )
        choices = [("", _("The first that is set up")), *models]
        current = self.instance.model
        if current and current not in dict(choices):
            choices.append((current, current.replace("|", " · ")))
        self.fields["model"] = forms.ChoiceField(
            label=_("Default model"), choices=choices, required=False
        )


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change one's own preferences."""
    user_id = request.user.pk or 0
    instance = Profile.objects.filter(user=user_id).first() or Profile(user_id=user_id)
    model_choices = import_string(settings.PROFILE_MODEL_CHOICES)
    form = ProfileForm(request.POST or None, instance=instance, models=model_choices())
    if request.method == "POST" and form.is_valid():
        form.save()
        # The page after the redirect is in the new language.
        return set_preference_cookies(redirect(reverse("profile") + "?saved=1"), request.user)
    return render(request, "accounts/profile.html", {"form": form, "tokens": _tokens(request)})


@require_POST
@login_required
def token_new(request: HttpRequest) -> HttpResponse:
    """Make an API token and show it, once."""
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:100]
    if _tokens(request).count() >= MAX_TOKENS:
        return _token_list(request, full=True)
    _token, clear = ApiToken.issue(request.user, name or "token")
    return _token_list(request, clear=clear)


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


def _tokens(request: HttpRequest) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=request.user.pk, revoked_at=None)


def _token_list(request: HttpRequest, **context: Any) -> HttpResponse:
    response = render(request, "accounts/tokens.html", {"tokens": _tokens(request), **context})
    response.headers["Cache-Control"] = "no-store"
    return response
