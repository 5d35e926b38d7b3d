"""The profile page, API tokens, and the answer to too many failed sign-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MAX_TOKENS = 50


class ProfileForm(forms.ModelForm[Profile]):
    """Language, theme and default model. `models` are the (value, label) pairs offered."""

    class Meta:
        model = Profile
        fields = ["language", "theme", "model"]

    def __init__(self, *args: Any, models: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", _("As the browser asks")), *settings.LANGUAGES]
        self.fields["language"] = _choice_field(_("Language"), languages)
        choices = [("", _("The first that is set up")), *models]
        current = self.instance.model
        if current and current not in dict(choices):
            choices.append((current, current.replace("|", " · ")))
        self.fields["model"] = _choice_field(_("Default model"), choices)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change one's own preferences."""
    model_choices = import_string(settings.PROFILE_MODEL_CHOICES)
    form = ProfileForm(request.POST or None, instance=_profile(request), models=model_choices())
    if request.method == "POST" and form.is_valid():
        form.save()
        # The page after the redirect is in the new language.
        return set_preference_cookies(redirect(reverse("profile") + "?saved=1"), request.user)
    return render(request, "accounts/profile.html", {"form": form, "tokens": _tokens(request)})


@require_POST
@login_required
def token_new(request: HttpRequest) -> HttpResponse:
    """Make an API token and show it, once."""
    if _tokens(request).count() >= MAX_TOKENS:
        return _token_list(request, full=True)
    _token, clear = ApiToken.issue(request.user, _token_name(request) or "token")
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


def _choice_field(label: StrPromise, choices: list[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _profile(request: HttpRequest) -> Profile:
    """The user's stored profile, or a new one."""
    user_id = request.user.pk or 0
    return Profile.objects.filter(user=user_id).first() or Profile(user_id=user_id)


def _token_name(request: HttpRequest) -> str:
    """The submitted name on one line, without NUL, which PostgreSQL refuses."""
    return " ".join(request.POST.get("name", "").replace("\x00", "").split())[:100]


def _tokens(request: HttpRequest) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=request.user.pk, revoked_at=None)


def _token_list(request: HttpRequest, **context: Any) -> HttpResponse:
    response = render(request, "accounts/tokens.html", {"tokens": _tokens(request), **context})
    response.headers["Cache-Control"] = "no-store"
    return response
