"""What a person prefers. Language and theme travel in cookies, so that no page has to ask the database for them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from deepwiki.accounts.models import Profile

THEME_COOKIE = "theme"
YEAR = 365 * 24 * 3600


def remember(response: HttpResponse, user: Any) -> HttpResponse:
    """Give the person's browser what their profile says."""
    profile = Profile.objects.filter(user=user).first() or Profile()
    for name, value in (
        (settings.LANGUAGE_COOKIE_NAME, profile.language),
        (THEME_COOKIE, profile.theme),
    ):
        if value:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", secure=settings.SECURE_TLS, httponly=True
            )
        else:
            response.delete_cookie(name, samesite="Lax")
    return response


def theme(request: HttpRequest) -> dict[str, str]:
    """Context processor: `theme` is light, dark or empty for the system's."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {"theme": chosen if chosen in (Profile.Theme.LIGHT, Profile.Theme.DARK) else ""}


def offers(request: HttpRequest) -> dict[str, bool]:
    """Context processor: what the account pages can offer here."""
    return {
        "mail": bool(settings.EMAIL_HOST),
        "sign_up": settings.SIGN_UP,
        "social": bool(settings.SIGN_IN_WITH),
    }
