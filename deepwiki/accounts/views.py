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
from deepwiki.accounts.token_form import TokenForm

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
    return render(request, "accounts/profile.html", {"form": form, **_token_context(request)})


@require_POST
@login_required
def token_new(request: HttpRequest) -> HttpResponse:
    """Make an API token and show it, once."""
    if _tokens(request).count() >= MAX_TOKENS:
        return _token_list(request, full=True)
    form = TokenForm(request.POST, person=request.user)
    if not form.is_valid():
        return _token_list(request, status=422, token_form=form)
    return _token_list(request, clear=form.issue(request.user))


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


def _tokens(request: HttpRequest) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=request.user.pk, revoked_at=None)


def _token_context(request: HttpRequest) -> dict[str, Any]:
    return {"tokens": _tokens(request), "token_form": TokenForm(person=request.user)}


def _token_list(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    context = {**_token_context(request), **context}
    response = render(request, "accounts/tokens.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
