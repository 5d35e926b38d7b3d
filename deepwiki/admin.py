"""The admin site, with a page about providers besides Django's own."""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods


class Site(admin.AdminSite):
    """Django's admin with our name on it and one page more."""

    site_header = site_title = "DeepWiki"
    index_template = "admin/deepwiki_index.html"

    def get_urls(self) -> list[Any]:
        """Before Django's own, which end with one that takes everything."""
        return [
            path("providers/", self.admin_view(self.providers), name="providers"),
            *super().get_urls(),
        ]

    @staticmethod
    @require_http_methods(["GET", "POST"])
    def providers(request: HttpRequest) -> HttpResponse:
        """Which providers and models are set up, how they have been doing, and a try of each. For superusers."""
        from chat import services
        from chat.provider_stats import overview
        from chat.providers.health_check import check_model

        if not request.user.is_superuser:  # trying a model costs money
            raise PermissionDenied
        if request.method == "POST":
            provider, _, model = request.POST.get("model", "").partition("|")
            check = async_to_sync(check_model, force_new_loop=True)
            good, words = check(services.providers(), provider, model)
            messages.add_message(
                request,
                messages.SUCCESS if good else messages.ERROR,
                f"{provider} {model}: {words}",
            )
            return redirect("admin:providers")
        context = {
            **admin.site.each_context(request),
            "title": "Providers and models",
            **overview(),
        }
        return render(request, "admin/providers.html", context)


class Config(AdminConfig):
    """Makes the site above the one that `admin.site` names."""

    default_site = "deepwiki.admin.Site"
