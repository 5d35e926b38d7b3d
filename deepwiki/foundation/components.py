"""Django's INSTALLED_APPS and MIDDLEWARE, in their order."""

from __future__ import annotations

from collections.abc import Iterable

BEFORE_SIGN_IN = [
    "daphne",
    "servestatic",
    "deepwiki.admin.Config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
]
AFTER_SIGN_IN = [
    "channels",
    "procrastinate.contrib.django",
    "deepwiki.apps.DeepWikiConfig",
    "deepwiki.accounts.apps.AccountsConfig",
    "repos.apps.ReposConfig",
    "chat.apps.ChatConfig",
    "deepwiki.wiki.apps.WikiConfig",
]
MIDDLEWARE = [
    "deepwiki.foundation.middleware.forwarded_headers_middleware",
    "deepwiki.foundation.middleware.request_id_middleware",
    "deepwiki.foundation.json_errors.json_error_middleware",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "deepwiki.foundation.html_compression.HtmlCompressionMiddleware",
    "deepwiki.foundation.middleware.no_nul_middleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "deepwiki.accounts.sign_in_host.sign_in_host_middleware",
    "deepwiki.accounts.staff_two_factor.staff_two_factor_middleware",
    "deepwiki.accounts.sessions.last_use_middleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]


def installed_apps(sign_in_sites: Iterable[str]) -> list[str]:
    """INSTALLED_APPS, with allauth's package of each site that people may sign in with."""
    sites = [f"allauth.socialaccount.providers.{name}" for name in sign_in_sites]
    return [*BEFORE_SIGN_IN, *sites, *AFTER_SIGN_IN]
