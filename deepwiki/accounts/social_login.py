"""Accounts of other sites that people may sign in with: each is there when the settings hold its keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from deepwiki.foundation.env import ConfigError, Environment

ORIGINS = {"github": "https://github.com", "google": "https://accounts.google.com"}


def sign_in_providers(env: Environment) -> dict[str, dict[str, Any]]:
    """allauth's settings of the providers whose client id is set, by the name of their package. Raises ConfigError.

    Whether an address is confirmed is left to what each site says of it.

    https://docs.allauth.org/en/latest/socialaccount/provider_configuration.html
    """
    found: dict[str, dict[str, Any]] = {}
    for name, client, secret in (
        (
            "github",
            env.text("DEEPWIKI_GITHUB_CLIENT_ID"),
            env.text("DEEPWIKI_GITHUB_CLIENT_SECRET"),
        ),
        (
            "google",
            env.text("DEEPWIKI_GOOGLE_CLIENT_ID"),
            env.text("DEEPWIKI_GOOGLE_CLIENT_SECRET"),
        ),
    ):
        if client:
            found[name] = {"APPS": [{"client_id": client, "secret": secret}]}
    if client := env.text("DEEPWIKI_OIDC_CLIENT_ID"):
        server = env.text("DEEPWIKI_OIDC_SERVER")
        if urlsplit(server).scheme not in ("https", "http"):
            raise ConfigError(
                "DEEPWIKI_OIDC_SERVER must be the address of the OpenID Connect server."
            )
        app = {
            "provider_id": "oidc",
            "name": env.text("DEEPWIKI_OIDC_NAME", "Single sign-on"),
            "client_id": client,
            "secret": env.text("DEEPWIKI_OIDC_CLIENT_SECRET"),
            "settings": {"server_url": server},
        }
        found["openid_connect"] = {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
    return found


def sign_in_origins(providers: Mapping[str, Any]) -> list[str]:
    """Where a sign-in form may lead to: browsers apply `form-action` to redirects, too."""
    found = [ORIGINS[name] for name in providers if name in ORIGINS]
    for app in providers.get("openid_connect", {}).get("APPS", ()):
        parts = urlsplit(app["settings"]["server_url"])
        found.append(f"{parts.scheme}://{parts.netloc}")
    return found
