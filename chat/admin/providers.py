"""The admin's page of providers and models."""

from __future__ import annotations

from typing import cast

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat import services
from chat.provider_stats import overview
from chat.providers.health_check import check_model
from deepwiki.admin import Site


@require_http_methods(["GET", "HEAD", "POST"])
def providers(request: HttpRequest) -> HttpResponse:
    """Providers and models as set up and as used.

    A POST tries one model. For people with the permission `chat.try_models`.
    """
    if not request.user.has_perm("chat.try_models"):
        raise PermissionDenied
    if request.method == "POST":
        return _try_model(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Providers and models"),
        **overview(),
    }
    return render(request, "admin/providers.html", context)


_check = async_to_sync(check_model, force_new_loop=True)


def _try_model(request: HttpRequest) -> HttpResponse:
    provider, _, model = request.POST.get("model", "").partition("|")
    answered, message = _check(services.providers(), provider, model)
    level = messages.SUCCESS if answered else messages.ERROR
    messages.add_message(request, level, f"{provider} {model}: {message}")
    return redirect("admin:providers")


cast(Site, admin.site).add_page("providers/", providers, name="providers")
