"""The admin site. Apps add pages and charts of their own to it: `add_page`, `add_charts`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext, gettext_noop

from deepwiki.foundation import untrusted_proxies
from deepwiki.foundation.admin_labels import translate_labels
from deepwiki.foundation.bar_chart import BarChart

View = Callable[..., HttpResponseBase]
Charts = Callable[[], Sequence[BarChart]]
# The sections of the start page, each with the apps whose lists it holds. Others follow them,
# and the queue's own tables come last: they are for who looks for a fault.
SECTIONS = {
    gettext_noop("Repositories"): ("repos", "wiki"),
    gettext_noop("Conversations"): ("chat",),
    gettext_noop("Accounts"): ("auth", "accounts", "account", "socialaccount"),
}
# The lists that are opened most come first in their section.
FIRST = ("Repository", "IndexJob", "Wiki", "Conversation", "Asked", "User", "ApiToken")
INTERNALS = {gettext_noop("Internals: the work queue"): ("procrastinate",)}


class Site(admin.AdminSite):
    """Django's admin with our name on it and the pages that apps add."""

    site_header = site_title = "DeepWiki"
    index_template = "admin/deepwiki_index.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[tuple[str, View, str]] = []
        self._charts: list[tuple[str, Charts]] = []

    def add_page(self, route: str, view: View, *, name: str) -> None:
        """Add a page for staff at `/admin/<route>`, reversed as `admin:<name>`.

        To be called from an app's `admin` module: later, the URLs are already
        collected.
        """
        self._pages.append((route, view, name))

    def add_charts(self, charts: Charts, *, permission: str) -> None:
        """Add charts to the start page, for who has the permission."""
        self._charts.append((permission, charts))

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The start page, with the charts that apps have added."""
        charts = [
            chart
            for permission, given in self._charts
            if request.user.has_perm(permission)
            for chart in given()
        ]
        return super().index(request, {**(extra_context or {}), "charts": charts})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What all pages know, and the peers that may be a proxy nobody has named."""
        return {**super().each_context(request), "unnamed_proxies": untrusted_proxies.noted()}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The lists by SECTIONS; those of one app for its own page."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        return _in_sections(apps)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Staff sign in on the page of everybody, which asks for their second factor too."""
        if not request.user.is_authenticated:
            after = request.GET.get("next", request.get_full_path())
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': after})}")
        if not self.has_permission(request):
            raise PermissionDenied
        return super().login(request, extra_context)

    def get_urls(self) -> list[Any]:
        """The added pages first: Django's URLs end with one that matches everything."""
        pages = [path(route, self.admin_view(view), name=name) for route, view, name in self._pages]
        return [*pages, *super().get_urls()]


def _in_sections(apps: list[Any]) -> list[Any]:
    """Apps as `get_app_list` gives them, joined by SECTIONS and in their order."""
    placed = {label for labels in (SECTIONS | INTERNALS).values() for label in labels}
    others = [app for app in apps if app["app_label"] not in placed]
    first = [_section(apps, *section) for section in SECTIONS.items()]
    last = [_section(apps, *section) for section in INTERNALS.items()]
    return [section for section in (*first, *others, *last) if section["models"]]


def _section(apps: list[Any], name: str, labels: tuple[str, ...]) -> dict[str, Any]:
    """One section of the apps with these labels; of the first one it has the address."""
    own = [app for label in labels for app in apps if app["app_label"] == label]
    models = sorted((model for app in own for model in app["models"]), key=_rank)
    section = {**own[0]} if own else {}
    return {**section, "name": gettext(name), "models": models}


def _rank(model: dict[str, Any]) -> int:
    """The place of a list in its section; Django's own order decides among equals."""
    name = model["object_name"]
    return FIRST.index(name) if name in FIRST else len(FIRST)


class Config(AdminConfig):
    """Makes `admin.site` the Site above."""

    default_site = "deepwiki.admin.Site"

    def ready(self) -> None:
        """Tables and columns are named in the reader's language."""
        translate_labels()
        super().ready()
