"""The pages of a person's settings that know of models: the default one, and what they cost."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from chat.services.quotas import DayTokens, day_tokens
from chat.services.usage_by_day import DayUsage, total, usage_by_day
from chat.web.model_choices import model_choices, provider_choices
from deepwiki.accounts.settings_views import own_profile
from deepwiki.foundation.bar_chart import BarChart, bar_chart

DAYS = 30


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def model_settings(request: HttpRequest) -> HttpResponse:
    """The models that are set up, and the one a person's questions begin with."""
    if request.method == "POST":
        return _save_model(request)
    chosen = own_profile(request).model
    listed = dict(model_choices())
    context = {
        "providers": provider_choices(),
        "chosen": chosen,
        "other": chosen if chosen and chosen not in listed else "",
    }
    return render(request, "accounts/models.html", context)


@require_safe
@login_required
def usage(request: HttpRequest) -> HttpResponse:
    """What one's own questions took, by day."""
    person_id: Any = request.user.pk
    days = usage_by_day(DAYS, person_id)
    today = day_tokens(person_id)
    context = {
        "days": days[::-1],
        "total": total(days),
        "chart": _tokens_chart(days),
        "today": today,
        "day_count": DAYS,
        **_quota_used(today),
    }
    return render(request, "accounts/usage.html", context)


def _quota_used(today: DayTokens) -> dict[str, int]:
    """How much of the day's tokens is used, in percent, where they are limited."""
    if not today.quota:
        return {}
    return {"percent": min(100, today.spent * 100 // today.quota)}


def _tokens_chart(days: list[DayUsage]) -> BarChart:
    values = [(_label(day), float(day.tokens)) for day in days]
    return bar_chart(gettext("Tokens by day"), values)


def _label(day: DayUsage) -> str:
    date = formats.date_format(day.day, "SHORT_DATE_FORMAT")
    return f"{date}: {formats.number_format(day.tokens, use_l10n=True, force_grouping=True)}"


def _save_model(request: HttpRequest) -> HttpResponse:
    """Keep one of the models that are offered, or the one kept before."""
    profile = own_profile(request)
    chosen = request.POST.get("model", "")
    if chosen in {"", profile.model, *dict(model_choices())}:
        profile.model = chosen
        profile.save()
        return redirect(reverse("model-settings") + "?saved=1")
    return redirect("model-settings")
