"""Language and theme of a person: stored in their profile and copied to cookies, so that a
page reads them without a query. Also the context processors of the account pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from deepwiki.accounts.models import Profile

THEME_COOKIE = "theme"
YEAR_SECONDS = 365 * 24 * 3600


def set_preference_cookies(response: HttpResponse, user: Any) -> HttpResponse:
    """Copy language and theme of the user's profile to cookies; an empty one is deleted.

    Who has never stored a profile keeps what the browser has.
    """
    profile = Profile.objects.filter(user=user).first()
    if profile is None:
        return response
    _set_cookie(response, settings.LANGUAGE_COOKIE_NAME, profile.language)
    return set_theme_cookie(response, profile.theme)


def set_theme_cookie(response: HttpResponse, theme: str) -> HttpResponse:
    """Keep a theme in the browser; that of the system is kept by no cookie."""
    _set_cookie(response, THEME_COOKIE, theme)
    return response


def theme(request: HttpRequest) -> dict[str, str]:
    """Context processor: `theme` is light, dark, or empty for the system's."""
    cookie = request.COOKIES.get(THEME_COOKIE, "")
    if cookie not in (Profile.Theme.LIGHT, Profile.Theme.DARK):
        cookie = ""
    return {"theme": cookie}


def account_features(request: HttpRequest) -> dict[str, bool]:
    """Context processor: which account pages this server has."""
    return {
        "staff_two_factor": settings.STAFF_TWO_FACTOR,
        "mail": bool(settings.EMAIL_HOST),
        "sign_up": settings.SIGN_UP,
        "social": bool(settings.SOCIALACCOUNT_PROVIDERS),
    }


def _set_cookie(response: HttpResponse, name: str, value: str) -> None:
    if not value:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SECURE_TLS,
        httponly=True,
    )
