"""The admin site. Apps add pages of their own to it with `admin.site.add_page`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponseBase
from django.urls import path

from deepwiki.foundation import untrusted_proxies

View = Callable[..., HttpResponseBase]


class Site(admin.AdminSite):
    """Django's admin with our name on it and the pages that apps add."""

    site_header = site_title = "DeepWiki"
    index_template = "admin/deepwiki_index.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[tuple[str, View, str]] = []

    def add_page(self, route: str, view: View, *, name: str) -> None:
        """Add a page for staff at `/admin/<route>`, reversed as `admin:<name>`.

        To be called from an app's `admin` module: later, the URLs are already
        collected.
        """
        self._pages.append((route, view, name))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What all pages know, and the peers that may be a proxy nobody has named."""
        return {**super().each_context(request), "unnamed_proxies": untrusted_proxies.noted()}

    def get_urls(self) -> list[Any]:
        """The added pages first: Django's URLs end with one that matches everything."""
        pages = [path(route, self.admin_view(view), name=name) for route, view, name in self._pages]
        return [*pages, *super().get_urls()]


class Config(AdminConfig):
    """Makes `admin.site` the Site above."""

    default_site = "deepwiki.admin.Site"
