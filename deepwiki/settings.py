"""Django's settings. Everything the environment can say is read here, once; `.env.example`
lists every name. A value that cannot be used ends the start with one line (ConfigError)."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext

django_stubs_ext.monkeypatch()  # generic classes such as ModelAdmin[Repository] at run time

from deepwiki.accounts.social_login import sign_in_origins, sign_in_providers
from deepwiki.foundation import (
    backing_services,
    components,
    languages,
    model_services,
    optional_packages,
)
from deepwiki.foundation.env import Environment, read_toml
from deepwiki.foundation.install_layout import BASE_DIR, DATA_FOLDER, RESOURCES, SETTINGS_FILE
from deepwiki.foundation.key_files import make_private, read_or_make_key
from deepwiki.foundation.log_format import logging_config
from deepwiki.foundation.passwords import PASSWORD_VALIDATORS
from deepwiki.foundation.security_headers import content_security_policy
from deepwiki.foundation.slack_app import slack_app

# Tests serve static files from where they lie, and no `.env` of a developer reaches them.
TESTING = "pytest" in sys.modules or "DEEPWIKI_TEST_STATIC" in os.environ
env = Environment(None if TESTING else SETTINGS_FILE)

# --- where ----------------------------------------------------------------------------
DEBUG = env.flag("DEEPWIKI_DEBUG")
DATA_DIR = env.folder(env.spelling("DATA_DIR"), DATA_FOLDER)
make_private(DATA_DIR)
PORT = env.number(env.spelling("PORT"), 8000, least=1, most=65_535)
HOST = env.text(env.spelling("HOST"), "127.0.0.1")
WEB_PROCESSES = env.number("DEEPWIKI_WEB_PROCESSES", 1, least=1)
PUBLIC_URL = env.http_address("DEEPWIKI_PUBLIC_URL", f"http://localhost:{PORT}")
_public = urlsplit(PUBLIC_URL)
# Where it is served below its host: empty, or /wiki. Addresses that Django makes begin with it.
PATH_PREFIX = env.path_prefix("DEEPWIKI_PUBLIC_URL", PUBLIC_URL)
PUBLIC_ORIGIN = f"{_public.scheme}://{_public.netloc}"
FORCE_SCRIPT_NAME = PATH_PREFIX or None
_own_hosts = [str(_public.hostname), "localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = list(dict.fromkeys([*_own_hosts, *env.items("DEEPWIKI_HOSTS")]))
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]
# X-Forwarded-For and X-Forwarded-Proto count only from these addresses.
TRUSTED_PROXIES = env.items("DEEPWIKI_TRUSTED_PROXIES")

# --- secrets: from the environment, else generated, readable by this user only --------
SECRET_KEY = env.text("DEEPWIKI_SECRET_KEY") or read_or_make_key(DATA_DIR / "secret.key")
# Newest first: the first encrypts access tokens, any decrypts them.
TOKEN_KEYS = env.items("DEEPWIKI_TOKEN_KEYS") or [read_or_make_key(DATA_DIR / "token.key")]
METRICS_TOKEN = env.text("DEEPWIKI_METRICS_TOKEN")
WIKI_CODE = env.text("DEEPWIKI_AUTH_CODE")  # deepwiki-open's own name

# --- who may do what ------------------------------------------------------------------
ALLOW_ANONYMOUS = env.flag("DEEPWIKI_ALLOW_ANONYMOUS")
# Origins that people without an account may come from; None: any.
ANONYMOUS_ORIGINS = env.origins("DEEPWIKI_ANONYMOUS_ORIGINS")
SIGN_UP = env.flag("DEEPWIKI_SIGN_UP")
SOCIAL_SIGN_UP = env.flag("DEEPWIKI_SOCIAL_SIGN_UP", default=SIGN_UP)
LOCAL_ROOTS = env.folders("DEEPWIKI_LOCAL_ROOTS")
CLONE_ALLOW = env.items("DEEPWIKI_CLONE_ALLOW")
CA_FILE = env.file("DEEPWIKI_CA_FILE")
GIT_PROXY = env.proxy_address("DEEPWIKI_GIT_PROXY")
SLACK = slack_app(env)

# --- mail: password resets and confirmation of addresses ------------------------------
EMAIL_HOST = env.text("DEEPWIKI_EMAIL_HOST")
EMAIL_PORT = env.number("DEEPWIKI_EMAIL_PORT", 587, least=1, most=65_535)
EMAIL_HOST_USER = env.text("DEEPWIKI_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("DEEPWIKI_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("DEEPWIKI_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("DEEPWIKI_EMAIL_FROM", "deepwiki@localhost")

# --- limits ---------------------------------------------------------------------------
MESSAGE_BYTES = env.number("DEEPWIKI_MESSAGE_BYTES", 4_000_000)
CONTENT_CHARS = env.number("DEEPWIKI_CONTENT_CHARS", 400_000)
HISTORY_MESSAGES = env.number("DEEPWIKI_HISTORY_MESSAGES", 100)
WEBHOOK_BYTES = env.number("DEEPWIKI_WEBHOOK_BYTES", 4_000_000)
SOCKETS_PER_PROCESS = env.number("DEEPWIKI_SOCKETS_PER_PROCESS", 1_000, least=10)
RUNS_PER_PROCESS = env.number("DEEPWIKI_RUNS_PER_PROCESS", 256, least=1)
RUNS_PER_USER = env.number("DEEPWIKI_RUNS_PER_USER", 2)
SOCKETS_PER_USER = env.number("DEEPWIKI_SOCKETS_PER_USER", 10)
REQUESTS_PER_MINUTE = env.number("DEEPWIKI_REQUESTS_PER_MINUTE", 20)
ANONYMOUS_REQUESTS_PER_MINUTE = env.number("DEEPWIKI_ANONYMOUS_REQUESTS_PER_MINUTE", 60)
CALLS_PER_MINUTE = env.number("DEEPWIKI_CALLS_PER_MINUTE", 300)
CALLS_PER_DAY = env.number("DEEPWIKI_CALLS_PER_DAY", 20_000)
NEW_REPOSITORIES_PER_HOUR = env.number("DEEPWIKI_NEW_REPOSITORIES_PER_HOUR", 30)
ANONYMOUS_NEW_REPOSITORIES = env.number("DEEPWIKI_ANONYMOUS_NEW_REPOSITORIES_PER_HOUR", 10)
TOKENS_PER_DAY = env.number("DEEPWIKI_TOKENS_PER_DAY", 0)
HEADER_SECONDS = env.number("DEEPWIKI_HEADER_SECONDS", 20)
BODY_SECONDS = env.number("DEEPWIKI_BODY_SECONDS", 120)
SOCKET_FIRST_MESSAGE_SECONDS = env.number("DEEPWIKI_SOCKET_FIRST_MESSAGE_SECONDS", 20)
SOCKET_IDLE_SECONDS = env.number("DEEPWIKI_SOCKET_IDLE_SECONDS", 60)
ANSWER_CHARS = env.number("DEEPWIKI_ANSWER_CHARS", 64_000)
ANSWER_SECONDS = env.number("DEEPWIKI_ANSWER_SECONDS", 900)
CALL_SECONDS = env.number("DEEPWIKI_CALL_SECONDS", 180)
AGENT_TURNS = env.number("DEEPWIKI_AGENT_TURNS", 4, least=1)
RESEARCH_TURNS = env.number("DEEPWIKI_RESEARCH_TURNS", 12, least=1)
AGENT_CALLS = env.number("DEEPWIKI_AGENT_CALLS", 6, least=1)
AGENT_TOKENS = env.number("DEEPWIKI_AGENT_TOKENS", 30_000, least=2_000)
CACHE_SECONDS = env.number("DEEPWIKI_CACHE_SECONDS", 300)
FIRST_TOKEN_SECONDS = env.number("DEEPWIKI_FIRST_TOKEN_SECONDS", 60)
TOKEN_IDLE_SECONDS = env.number("DEEPWIKI_TOKEN_IDLE_SECONDS", 60)
INDEX_WAIT_SECONDS = env.number("DEEPWIKI_INDEX_WAIT_SECONDS", 150)
DRAIN_SECONDS = env.number("DEEPWIKI_DRAIN_SECONDS", 25)
CLONE_SECONDS = env.number("DEEPWIKI_CLONE_SECONDS", 120)
CLONE_MEGABYTES = env.number("DEEPWIKI_CLONE_MEGABYTES", 500)
INDEX_FILES = env.number("DEEPWIKI_INDEX_FILES", 20_000)
INDEX_FILE_BYTES = env.number("DEEPWIKI_INDEX_FILE_BYTES", 1_000_000)
INDEX_TEXT_BYTES = env.number("DEEPWIKI_INDEX_TEXT_BYTES", 200_000_000)
INDEX_MEGABYTES = env.number("DEEPWIKI_INDEX_MEGABYTES", 0)
DISK_RESERVE_MEGABYTES = env.number("DEEPWIKI_DISK_RESERVE_MEGABYTES", 300)
INDEX_JOBS = env.number("DEEPWIKI_INDEX_JOBS", 2, least=1)
WORKER_NICENESS = env.number("DEEPWIKI_WORKER_NICENESS", 10, most=19)
WIKI_AUTOMATIC = env.flag("DEEPWIKI_WIKI_AUTOMATIC", default=True)
WIKI_MODEL, WIKI_TOKENS = env.text("DEEPWIKI_WIKI_MODEL"), env.number("DEEPWIKI_WIKI_TOKENS", 10**6)
REFRESH_HOURS = env.number("DEEPWIKI_REFRESH_HOURS", 24)
WEBSOCKET_DEFLATE = env.flag("DEEPWIKI_WEBSOCKET_DEFLATE", default=True)
# The largest body that any route takes (an attached file: 5 MB); a larger one is refused while it arrives.
REQUEST_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE = max(MESSAGE_BYTES, WEBHOOK_BYTES, 5_000_000)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# --- models ---------------------------------------------------------------------------
MODELS_FILE = Path(env.file("DEEPWIKI_MODELS_FILE", f"{BASE_DIR}/chat/providers/models.toml"))
# Empty: the first provider that is configured, else search-only.
_providers = read_toml("DEEPWIKI_MODELS_FILE", MODELS_FILE)
PROVIDER = env.choice("DEEPWIKI_PROVIDER", _providers)
# Keys and addresses of services, by the names that the models file and the adapters use.
PROVIDER_ENVIRONMENT = {
    **{name: env.text(name) for name in model_services.text_variables(_providers)},
    **{name: env.service_address(name) for name in model_services.address_variables(_providers)},
    **{name: env.ollama_address(name) for name in model_services.ollama_variables(_providers)},
}
MODEL_LISTS = env.flag("DEEPWIKI_MODEL_LISTS", default=True)
MODEL_TITLES = env.flag("DEEPWIKI_MODEL_TITLES", default=True)
OLLAMA_DISCOVERY = env.flag("DEEPWIKI_OLLAMA_DISCOVERY", default=True)
EMBEDDERS = ("local", "minilm", "openai", "ollama", "google", "fake", "none")
EMBEDDER = optional_packages.installed(env.choice("DEEPWIKI_EMBEDDER", EMBEDDERS, "local"))
EMBEDDER_MODEL = env.text("DEEPWIKI_EMBEDDER_MODEL")
EMBEDDER_DIMENSION = env.number("DEEPWIKI_EMBEDDER_DIMENSION", 0)

# --- database, cache, channel layer ---------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.redis_address("REDIS_URL")
# A statement of a web process that is not answered within this time is given up.
STATEMENT_SECONDS = env.number("DEEPWIKI_STATEMENT_SECONDS", 60, least=1)
POOL_SIZE = env.number("DEEPWIKI_POOL_SIZE", 10, least=2)
_database = env.postgres_database("DATABASE_URL") or backing_services.embedded_database(DATA_DIR)
DATABASES = backing_services.databases(_database, POOL_SIZE)
CACHES = backing_services.caches(REDIS_URL)
CHANNEL_LAYERS = backing_services.channel_layers(REDIS_URL)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- the apps -------------------------------------------------------------------------
SOCIALACCOUNT_PROVIDERS = sign_in_providers(env)
INSTALLED_APPS = components.installed_apps(SOCIALACCOUNT_PROVIDERS)
MIDDLEWARE = components.MIDDLEWARE
ROOT_URLCONF = "deepwiki.urls"
ASGI_APPLICATION = "deepwiki.asgi.application"
_context_processors = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "django.template.context_processors.i18n",
    "deepwiki.accounts.preferences.theme",
    "deepwiki.accounts.preferences.account_features",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RESOURCES / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _context_processors},
    }
]
# Whether questions are being answered, for which the worker waits: a function, named by
# its path so that repos need not import chat.
QUESTIONS_RUNNING = "chat.services.activity.questions_are_running"

# --- languages and static files -------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [(language.interface, language.own_name) for language in languages.LANGUAGES]
LOCALE_PATHS = [BASE_DIR / "deepwiki" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = f"{PATH_PREFIX}/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [RESOURCES / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "deepwiki.foundation.packaged_static.PackagedFilesFinder",
]
SERVESTATIC_USE_FINDERS = DEBUG or TESTING
SERVESTATIC_AUTOREFRESH = DEBUG
SERVESTATIC_USE_BROTLI = True  # see static_storage.PageCompressor
_static_storage = "deepwiki.foundation.static_storage.HashedStaticFilesStorage"
if SERVESTATIC_USE_FINDERS:
    _static_storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}

# --- signing in -----------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = PASSWORD_VALIDATORS
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "deepwiki.accounts.allauth_adapters.Backend",
]
# axes slows the guessing of passwords, by name and address together, on the page and in the admin.
AXES_FAILURE_LIMIT = env.number("DEEPWIKI_SIGN_IN_FAILURES", 5, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = False  # True: those of other names from this address; see accounts/apps.py
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "deepwiki.accounts.authentication.client_address"
AXES_LOCKOUT_CALLABLE = "deepwiki.accounts.views.locked_out"
# allauth: signing up, resetting a password, other sites' accounts. axes counts failures.
ACCOUNT_ADAPTER = "deepwiki.accounts.allauth_adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "deepwiki.accounts.allauth_adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
if EMAIL_HOST:
    ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
    ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Of codes of the second factor; axes counts passwords.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key", "login": None}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = f"{PATH_PREFIX}/accounts/login/"
SOCIALACCOUNT_QUERY_EMAIL = True
# Two-factor: codes of an authenticator app, and recovery codes.
STAFF_TWO_FACTOR = env.flag("DEEPWIKI_STAFF_TWO_FACTOR")
MFA_ADAPTER = "deepwiki.accounts.two_factor.TwoFactorAdapter"
MFA_FORMS = {
    "authenticate": "deepwiki.accounts.two_factor.SignInForm",
    "reauthenticate": "deepwiki.accounts.two_factor.ConfirmForm",
}
MFA_TOTP_ISSUER = _public.netloc
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = not EMAIL_HOST  # else nobody could verify theirs
LOGIN_URL = f"{PATH_PREFIX}/accounts/login/"
LOGIN_REDIRECT_URL = f"{PATH_PREFIX}/"

# --- security of pages and cookies ----------------------------------------------------
SECURE_TLS = _public.scheme == "https"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"{PATH_PREFIX}/"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TLS
SECURE_SSL_REDIRECT = env.flag("DEEPWIKI_SSL_REDIRECT", default=True) and SECURE_TLS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_TLS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_sign_in_origins = sign_in_origins(SOCIALACCOUNT_PROVIDERS) + env.items("DEEPWIKI_SIGN_IN_ORIGINS")
CONTENT_SECURITY_POLICY = content_security_policy(_sign_in_origins)

LOGGING = logging_config(env.logging_level("DEEPWIKI_LOG_LEVEL", "INFO"))
