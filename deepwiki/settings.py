"""All settings. Everything the environment can say is read here, once; `.env.example` lists every name."""

from __future__ import annotations

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF

django_stubs_ext.monkeypatch()  # generic classes such as ModelAdmin[Repository] at run time

from deepwiki.accounts.social_login import sign_in_origins, sign_in_providers
from deepwiki.foundation.env import ConfigError, Environment
from deepwiki.foundation.key_files import read_or_make_key

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules
UNBUILT_STATIC = TESTING or "DEEPWIKI_TEST_STATIC" in os.environ  # served from where they lie

try:
    # Tests see only what they set themselves: a developer's .env must not reach them.
    env = Environment(None if UNBUILT_STATIC else BASE_DIR / ".env")
    DEBUG = env.flag("DEEPWIKI_DEBUG")
    DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve()
    PORT = env.number("PORT", 8000, least=1)
    HOST = env.text("HOST", "127.0.0.1")
    WEB_PROCESSES = env.number("DEEPWIKI_WEB_PROCESSES", 1, least=1)
    PUBLIC_URL = env.text("DEEPWIKI_PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")

    # --- secrets: from the environment, else made once, readable by this user only -------------------------------
    SECRET_KEY = env.text("DEEPWIKI_SECRET_KEY") or read_or_make_key(DATA_DIR / "secret.key")
    # Newest first; tokens are encrypted with the first and read with any.
    TOKEN_KEYS = env.words("DEEPWIKI_TOKEN_KEYS") or [read_or_make_key(DATA_DIR / "token.key")]

    # --- who may do what ------------------------------------------------------------------------------------------
    ALLOW_ANONYMOUS = env.flag("DEEPWIKI_ALLOW_ANONYMOUS")
    SIGN_UP = env.flag("DEEPWIKI_SIGN_UP")
    SOCIAL_SIGN_UP = env.flag("DEEPWIKI_SOCIAL_SIGN_UP", SIGN_UP)
    SIGN_IN_WITH = sign_in_providers(env)
    SIGN_IN_ORIGINS = [*sign_in_origins(SIGN_IN_WITH), *env.words("DEEPWIKI_SIGN_IN_ORIGINS")]
    LOCAL_ROOTS = [Path(root).resolve() for root in env.words("DEEPWIKI_LOCAL_ROOTS")]
    CLONE_ALLOW = env.words("DEEPWIKI_CLONE_ALLOW")
    CA_FILE = env.file("DEEPWIKI_CA_FILE")
    GIT_PROXY = env.text("DEEPWIKI_GIT_PROXY")

    # --- mail: for password resets and for confirming addresses --------------------------------------------------
    EMAIL_HOST = env.text("DEEPWIKI_EMAIL_HOST")
    EMAIL_PORT = env.number("DEEPWIKI_EMAIL_PORT", 587, least=1)
    EMAIL_HOST_USER = env.text("DEEPWIKI_EMAIL_USER")
    EMAIL_HOST_PASSWORD = env.text("DEEPWIKI_EMAIL_PASSWORD")
    EMAIL_USE_TLS = env.flag("DEEPWIKI_EMAIL_TLS", True)
    EMAIL_TIMEOUT = 20
    EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
    DEFAULT_FROM_EMAIL = env.text("DEEPWIKI_EMAIL_FROM", "deepwiki@localhost")

    # --- limits ---------------------------------------------------------------------------------------------------
    MESSAGE_BYTES = env.number("DEEPWIKI_MESSAGE_BYTES", 256_000)
    CONTENT_CHARS = env.number("DEEPWIKI_CONTENT_CHARS", 32_000)
    HISTORY_MESSAGES = env.number("DEEPWIKI_HISTORY_MESSAGES", 100)
    WEBHOOK_BYTES = env.number("DEEPWIKI_WEBHOOK_BYTES", 5_000_000)
    RUNS_PER_USER = env.number("DEEPWIKI_RUNS_PER_USER", 2)
    SOCKETS_PER_USER = env.number("DEEPWIKI_SOCKETS_PER_USER", 10)
    REQUESTS_PER_MINUTE = env.number("DEEPWIKI_REQUESTS_PER_MINUTE", 20)
    HEADER_SECONDS = env.number("DEEPWIKI_HEADER_SECONDS", 20)
    SOCKET_FIRST_MESSAGE_SECONDS = env.number("DEEPWIKI_SOCKET_FIRST_MESSAGE_SECONDS", 20)
    SOCKET_IDLE_SECONDS = env.number("DEEPWIKI_SOCKET_IDLE_SECONDS", 60)
    ANSWER_CHARS = env.number("DEEPWIKI_ANSWER_CHARS", 64_000)
    ANSWER_SECONDS = env.number("DEEPWIKI_ANSWER_SECONDS", 180)
    FIRST_TOKEN_SECONDS = env.number("DEEPWIKI_FIRST_TOKEN_SECONDS", 60)
    TOKEN_IDLE_SECONDS = env.number("DEEPWIKI_TOKEN_IDLE_SECONDS", 60)
    INDEX_WAIT_SECONDS = env.number("DEEPWIKI_INDEX_WAIT_SECONDS", 150)
    DRAIN_SECONDS = env.number("DEEPWIKI_DRAIN_SECONDS", 25)
    CLONE_SECONDS = env.number("DEEPWIKI_CLONE_SECONDS", 120)
    CLONE_MEGABYTES = env.number("DEEPWIKI_CLONE_MEGABYTES", 500)
    INDEX_FILES = env.number("DEEPWIKI_INDEX_FILES", 20_000)
    INDEX_FILE_BYTES = env.number("DEEPWIKI_INDEX_FILE_BYTES", 1_000_000)
    INDEX_TEXT_BYTES = env.number("DEEPWIKI_INDEX_TEXT_BYTES", 200_000_000)
    WEBSOCKET_DEFLATE = env.flag("DEEPWIKI_WEBSOCKET_DEFLATE", True)
    REFRESH_HOURS = env.number("DEEPWIKI_REFRESH_HOURS", 24)
    INDEX_MEGABYTES = env.number("DEEPWIKI_INDEX_MEGABYTES", 0)
    INDEX_JOBS = env.number("DEEPWIKI_INDEX_JOBS", 2, least=1)

    # --- models ---------------------------------------------------------------------------------------------------
    PROVIDER = env.text(
        "DEEPWIKI_PROVIDER"
    )  # empty: the first that is configured, else search-only
    MODELS_FILE = Path(
        env.text("DEEPWIKI_MODELS_FILE", str(BASE_DIR / "chat" / "providers" / "models.toml"))
    )
    PROVIDER_ENVIRONMENT = {
        name: env.text(name)
        for name in (
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "OPENROUTER_API_KEY",
            "OPENROUTER_BASE_URL",
            "OLLAMA_HOST",
            "AZURE_OPENAI_API_KEY",
            "AZURE_OPENAI_ENDPOINT",
            "AZURE_OPENAI_VERSION",
            "GOOGLE_API_KEY",
            "GOOGLE_API_ENDPOINT",
            "GOOGLE_OPENAI_COMPATIBLE",
        )
    }
    OLLAMA_DISCOVERY = env.flag("DEEPWIKI_OLLAMA_DISCOVERY", True)
    CACHE_SECONDS = env.number("DEEPWIKI_CACHE_SECONDS", 300)
    TOKENS_PER_DAY = env.number("DEEPWIKI_TOKENS_PER_DAY", 0)
    METRICS_TOKEN = env.text("DEEPWIKI_METRICS_TOKEN")
    EMBEDDER = env.text("DEEPWIKI_EMBEDDER", "local")
    EMBEDDER_MODEL = env.text("DEEPWIKI_EMBEDDER_MODEL")
    EMBEDDER_DIMENSION = env.number("DEEPWIKI_EMBEDDER_DIMENSION", 0)
    REDIS_URL = env.text("REDIS_URL")

    # --- database: the one truth ----------------------------------------------------------------------------------
    DATABASE_URL = env.text("DATABASE_URL")
    POOL_SIZE = env.number("DEEPWIKI_POOL_SIZE", 10, least=2)
    DATABASES: dict[str, dict[str, Any]] = {"default": {}}
    if DATABASE_URL:
        DATABASES["default"] = dict(dj_database_url.parse(DATABASE_URL))
        if DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql":
            raise ConfigError(
                "DATABASE_URL must name a PostgreSQL database, postgresql://user:password@host/name."
            )
    else:
        DATABASES["default"] = {
            "ENGINE": "deepwiki.postgres.backend",
            "NAME": "deepwiki",
            "USER": "deepwiki",
            "OPTIONS": {"data_dir": str(DATA_DIR)},
        }
except (ConfigError, dj_database_url.ParseError) as error:
    raise SystemExit(f"DeepWiki cannot start: {error}") from None

# CONN_MAX_AGE would leak connections under ASGI; the pool is psycopg's own.
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = (
    True  # a connection that a restart broke is not handed out
)
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1,
    "max_size": POOL_SIZE,
    "timeout": 8,
    "max_lifetime": 1800,
}

_public = urlsplit(PUBLIC_URL)
if not re.fullmatch(r"https?", _public.scheme) or not _public.hostname:
    raise SystemExit(
        f"DeepWiki cannot start: DEEPWIKI_PUBLIC_URL must be an http(s) address, not {PUBLIC_URL!r}."
    )
ALLOWED_HOSTS = list(
    dict.fromkeys(
        [_public.hostname, "localhost", "127.0.0.1", "[::1]", *env.words("DEEPWIKI_HOSTS")]
    )
)
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
# Client addresses come from X-Forwarded-For only when the peer is one of these.
TRUSTED_PROXIES = env.words("DEEPWIKI_TRUSTED_PROXIES")

INSTALLED_APPS = [
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
    "allauth.socialaccount",
    *(f"allauth.socialaccount.providers.{name}" for name in SIGN_IN_WITH),
    "channels",
    "procrastinate.contrib.django",
    "deepwiki.apps.DeepWikiConfig",
    "deepwiki.accounts.apps.AccountsConfig",
    "repos.apps.ReposConfig",
    "chat.apps.ChatConfig",
]

MIDDLEWARE = [
    "deepwiki.foundation.middleware.request_id_middleware",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "deepwiki.urls"
ASGI_APPLICATION = "deepwiki.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "deepwiki.accounts.preferences.theme",
                "deepwiki.accounts.preferences.offers",
            ],
        },
    }
]

# Answers given a moment ago. One process keeps its own; several share theirs.
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("ja", "日本語"),
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
    ("es", "Español"),
    ("ko", "한국어"),
    ("vi", "Tiếng Việt"),
    ("pt-br", "Português (Brasil)"),
    ("fr", "Français"),
    ("ru", "Русский"),
]
LOCALE_PATHS = [BASE_DIR / "deepwiki" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "deepwiki.foundation.packaged_static.PackagedFilesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or UNBUILT_STATIC
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
SERVESTATIC_USE_FINDERS = DEBUG or UNBUILT_STATIC
SERVESTATIC_AUTOREFRESH = DEBUG

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
# Guessing passwords is slowed, by name and by address alike, for the page and the admin.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "deepwiki.accounts.allauth_adapters.Backend",
]
AXES_FAILURE_LIMIT = env.number("DEEPWIKI_SIGN_IN_FAILURES", 5, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = (
    False  # it would forgive what was tried on other names; see accounts/apps.py
)
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "deepwiki.accounts.authentication.address_of_request"
AXES_LOCKOUT_CALLABLE = "deepwiki.accounts.views.locked_out"
# Signing up, resetting a password, other sites' accounts. How often a password may be tried is counted by axes.
ACCOUNT_ADAPTER = "deepwiki.accounts.allauth_adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "deepwiki.accounts.allauth_adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "email*" if EMAIL_HOST else "email",
    "password1*",
    "password2*",
]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_HOST else "none"
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": None}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
SOCIALACCOUNT_PROVIDERS = SIGN_IN_WITH
SOCIALACCOUNT_QUERY_EMAIL = True
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"

# --- the browser's side of safety -------------------------------------------------------------------------------------
SECURE_TLS = _public.scheme == "https"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TLS
SECURE_SSL_REDIRECT = SECURE_TLS and env.flag("DEEPWIKI_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *SIGN_IN_ORIGINS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = max(MESSAGE_BYTES, WEBHOOK_BYTES)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "deepwiki.foundation.log_format.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"level": env.text("DEEPWIKI_LOG_LEVEL", "INFO").upper()}
        for name in ("deepwiki", "chat", "repos")
    },
}
