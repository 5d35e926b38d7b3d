"""The pages of a person's settings: profile, appearance, signed-in browsers; the theme's switch.

Models and usage stand in `chat.web.settings_views`, tokens in `deepwiki.accounts.views`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from deepwiki.accounts import sessions
from deepwiki.accounts.models import Profile
from deepwiki.accounts.preferences import set_preference_cookies, set_theme_cookie
from deepwiki.foundation.address_keys import UNKNOWN_ADDRESS
from deepwiki.foundation.languages import LANGUAGES

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class ProfileForm(forms.ModelForm[Profile]):
    """The languages of the interface and of answers."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the browser asks")), *settings.LANGUAGES],
        required=False,
    )
    answer_language = forms.ChoiceField(
        label=_("Answer language"),
        choices=[("", _("As the interface")), *((one.answer, one.own_name) for one in LANGUAGES)],
        required=False,
        help_text=_("Another can be chosen for a question, under “Where to look”."),
    )

    class Meta:
        model = Profile
        fields = ["language", "answer_language"]


class AppearanceForm(forms.ModelForm[Profile]):
    """The theme."""

    theme = forms.ChoiceField(
        label=_("Theme"), choices=Profile.Theme, required=False, widget=forms.RadioSelect
    )

    class Meta:
        model = Profile
        fields = ["theme"]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is here, and the languages of the interface and of answers."""
    return _preference_page(request, ProfileForm, "profile")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def appearance(request: HttpRequest) -> HttpResponse:
    """The theme that goes with a person."""
    return _preference_page(request, AppearanceForm, "appearance")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Switch the theme: of this browser and, for who is signed in, of the person."""
    chosen = request.POST.get("theme", "")
    if chosen not in Profile.Theme.values:
        chosen = Profile.Theme.SYSTEM
    if request.user.is_authenticated:
        Profile.objects.update_or_create(user_id=request.user.pk, defaults={"theme": chosen})
    if getattr(request, "htmx", False):
        response = render(request, "accounts/theme_toggle.html", {"theme": chosen})
    else:
        response = redirect(_page_before(request))
    return set_theme_cookie(response, chosen)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def browsers(request: HttpRequest) -> HttpResponse:
    """The browsers that one is signed in with; a POST signs out all others."""
    person, key = cast("AbstractBaseUser", request.user), request.session.session_key
    if request.method == "POST":
        sessions.end_other_sessions(person, key)
        return redirect("usersessions_list")
    listed = [
        {
            "pk": session.pk,
            "browser": sessions.browser_name(session.user_agent),
            "is_this": session.session_key == key,
            "ip": session.ip,
            "last_seen_at": session.last_seen_at,
            "created_at": session.created_at,
        }
        for session in sessions.sessions_of(person)
    ]
    context = {"sessions": listed, "unknown_address": UNKNOWN_ADDRESS}
    return render(request, "usersessions/usersession_list.html", context)


@require_POST
@login_required
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out one of one's own browsers."""
    if not sessions.end_session(cast("AbstractBaseUser", request.user), session_id):
        raise Http404
    return redirect("usersessions_list")


def _preference_page(
    request: HttpRequest, form_class: type[forms.ModelForm[Profile]], name: str
) -> HttpResponse:
    """Show and save a form of one's own profile; the page of the same name."""
    form = form_class(request.POST or None, instance=own_profile(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        # The page after the redirect is in the new language and theme.
        return set_preference_cookies(redirect(f"{reverse(name)}?saved=1"), request.user)
    return render(request, f"accounts/{name}.html", {"form": form})


def own_profile(request: HttpRequest) -> Profile:
    """The user's stored profile, or a new one."""
    user_id: Any = request.user.pk or 0
    return Profile.objects.filter(user=user_id).first() or Profile(user_id=user_id)


def _page_before(request: HttpRequest) -> str:
    """The page of ours that a form was sent from, else the first one."""
    before = request.headers.get("referer", "")
    if url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return before
    return reverse("home")
