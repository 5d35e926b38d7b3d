"""All routes."""

from django.contrib import admin
from django.urls import include, path, re_path

from chat.web.badge import badge
from chat.web.host_links import host_page
from chat.web.views import repository_by_name
from deepwiki.accounts import settings_views as account_settings
from deepwiki.accounts import views as accounts
from deepwiki.foundation.repository_paths import NAMED, OWNER_AND_NAME
from deepwiki.runtime import health
from deepwiki.runtime.doctor import page as doctor_page  # noqa: F401  adds its page to the admin
from deepwiki.runtime.favicon import favicon

# Second parts of a host's pages: GitHub, GitLab, Gitea, Bitbucket.
PAGES = "blob|tree|src|raw|blame|edit|commits?|releases|issues|pulls?|pull-requests|merge_requests"
handler500 = "deepwiki.runtime.unavailable.server_error"
urlpatterns = [
    path("", include("chat.urls")),
    path("", include("repos.urls")),
    path("", include("deepwiki.wiki.api.urls")),
    path("", include("deepwiki.wiki.urls")),
    path("accounts/profile/", account_settings.profile, name="profile"),
    path("accounts/appearance/", account_settings.appearance, name="appearance"),
    path("accounts/theme", account_settings.theme, name="theme"),
    path("accounts/sessions/", account_settings.browsers, name="usersessions_list"),
    path(
        "accounts/sessions/<int:session_id>/end", account_settings.end_session, name="session-end"
    ),
    path("accounts/tokens/", accounts.tokens, name="api-tokens"),
    path("accounts/tokens/new", accounts.token_new, name="token-new"),
    path("accounts/tokens/<int:token_id>/revoke", accounts.token_revoke, name="token-revoke"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("favicon.ico", favicon, name="favicon"),
    path("metrics", health.metrics_view, name="metrics"),
    path("readyz", health.readyz, name="readyz"),
    re_path(
        rf"^{OWNER_AND_NAME}/badge[.]svg$",
        badge,
        name="badge",
    ),
    # Last: /<owner>/<name> of a repository, and its pages as at a host.
    re_path(rf"^{NAMED}/?$", repository_by_name, name="repository-by-name"),
    re_path(rf"^{NAMED}/(?P<page>(?:-/)?(?:{PAGES})(?:/.*)?)$", host_page, name="host-page"),
]
