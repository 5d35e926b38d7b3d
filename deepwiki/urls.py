"""All paths."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, re_path

from chat.views import by_name
from deepwiki import health

urlpatterns = [
    path("", include("chat.urls")),
    path("", include("repos.urls")),
    path("accounts/login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics_view, name="metrics"),
    path("readyz", health.readyz, name="readyz"),
    # Last: whatever nothing above has taken, and whose first part is none of ours.
    re_path(
        r"^(?!(?:accounts|admin|api|c|chat|m|parts|r|repositories|static|webhooks|ws)/)"
        r"(?P<owner>[A-Za-z0-9][\w.-]{0,99})/(?P<name>[\w.-]{1,100})/?$",
        by_name,
        name="repository-by-name",
    ),
]
