"""Sites whose accounts people may sign in with: allauth's settings for each site whose
client id is set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from deepwiki.foundation.env import HTTP, ConfigError, Environment, is_address

ORIGINS = {"github": "https://github.com", "google": "https://accounts.google.com"}


def sign_in_providers(env: Environment) -> dict[str, dict[str, Any]]:
    """allauth's SOCIALACCOUNT_PROVIDERS, by the name of the provider's package. Raises
    ConfigError. Whether an e-mail address is verified is left to what each site says.

    https://docs.allauth.org/en/latest/socialaccount/provider_configuration.html
    """
    providers: dict[str, dict[str, Any]] = {}
    for name in ORIGINS:
        app = _client(env, name.upper())
        if app["client_id"]:
            providers[name] = {"APPS": [app]}
    openid_connect = _openid_connect(env)
    if openid_connect["client_id"]:
        providers["openid_connect"] = {"APPS": [openid_connect], "OAUTH_PKCE_ENABLED": True}
    return providers


def sign_in_origins(providers: Mapping[str, Any]) -> list[str]:
    """The origins that a sign-in form is redirected to, for `form-action`."""
    origins = [ORIGINS[name] for name in providers if name in ORIGINS]
    return origins + _openid_connect_origins(providers)


def _openid_connect_origins(providers: Mapping[str, Any]) -> list[str]:
    apps = providers.get("openid_connect", {}).get("APPS", ())
    return [_origin(app["settings"]["server_url"]) for app in apps]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _client(env: Environment, site: str) -> dict[str, Any]:
    return {
        "client_id": env.text(f"DEEPWIKI_{site}_CLIENT_ID"),
        "secret": env.text(f"DEEPWIKI_{site}_CLIENT_SECRET"),
    }


def _openid_connect(env: Environment) -> dict[str, Any]:
    server = env.text("DEEPWIKI_OIDC_SERVER")
    app = {
        **_client(env, "OIDC"),
        "provider_id": "oidc",
        "name": env.text("DEEPWIKI_OIDC_NAME", "Single sign-on"),
        "settings": {"server_url": server, "audiences": env.items("DEEPWIKI_OIDC_AUDIENCE")},
    }
    if app["client_id"] and not is_address(server, HTTP):
        raise ConfigError("DEEPWIKI_OIDC_SERVER must be the address of the OpenID Connect server.")
    if app["client_id"] and app["client_id"] in app["settings"]["audiences"]:
        raise ConfigError(
            "DEEPWIKI_OIDC_AUDIENCE must not be the client id, which every sign-in's tokens are for."
        )
    return app
