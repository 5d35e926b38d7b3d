"""/readyz: the process can serve. /metrics: how it is doing."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth.models import User
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from chat.services import runs
from deepwiki.accounts.authentication import user_of_session
from deepwiki.foundation import disk_space, metrics
from deepwiki.foundation.threads import in_thread
from repos.models import IndexJob

CHANNEL_LAYER_SECONDS = 1.0


@require_safe
async def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, all migrations are applied and the server is not
    stopping; otherwise 503 with the reason. What it can do without is reported beside it."""
    reason = await _not_ready()
    report = {"status": reason or "ok", **await _degraded()}
    return JsonResponse(report, status=503 if reason else 200)


async def _degraded() -> dict[str, str]:
    """What does not work and is not needed for answers."""
    report = {}
    if settings.REDIS_URL and not await _channel_layer_answers():
        report["channel_layer"] = "not available"
    if await asyncio.to_thread(disk_space.is_low):
        report["disk"] = "almost full: nothing is indexed"
    return report


@require_safe
async def metrics_view(request: HttpRequest) -> HttpResponse:
    """The metrics, for the monitoring token and the permission `chat.view_metrics`.

    404 for anybody else.
    """
    if not await _may_read_metrics(request):
        return _nothing_here()
    await _measure_database()
    text, content_type = metrics.exposition()
    return HttpResponse(text, content_type=content_type)


def _nothing_here() -> HttpResponse:
    return HttpResponse(
        "There is nothing here.", status=404, content_type="text/plain; charset=utf-8"
    )


async def _measure_database() -> None:
    try:
        await in_thread(_measure_index_jobs)
    except Error:
        metrics.index_jobs.clear()  # the metrics of the process need no database


async def _not_ready() -> str:
    """The reason this process cannot serve, in English; empty when it can."""
    if runs.draining:
        return "stopping"
    try:
        is_migrated = await in_thread(_is_migrated)
    except Error:
        return "the database is not available"
    if not is_migrated:
        return "migrations are missing"
    return ""


async def _channel_layer_answers() -> bool:
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(CHANNEL_LAYER_SECONDS):
            await _send_and_receive(layer)
    except Exception:
        return False
    return True


async def _send_and_receive(layer: Any) -> None:
    channel = await layer.new_channel()
    await layer.send(channel, {"type": "ready"})
    await layer.receive(channel)


async def _may_read_metrics(request: HttpRequest) -> bool:
    if _has_monitoring_token(request):
        return True
    session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    try:
        return await in_thread(_may_view_metrics, session_key)
    except Error:
        return False


def _may_view_metrics(session_key: str) -> bool:
    user = user_of_session(session_key)
    return user is not None and cast(User, user).has_perm("chat.view_metrics")


def _has_monitoring_token(request: HttpRequest) -> bool:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(token, settings.METRICS_TOKEN)


def _measure_index_jobs() -> None:
    metrics.index_jobs.clear()
    for state, count in _jobs_by_state().items():
        metrics.index_jobs.labels(state).set(count)
    _measure_last_job()


def _jobs_by_state() -> dict[str, int]:
    return dict(IndexJob.objects.values_list("state").annotate(Count("pk")).order_by())


def _measure_last_job() -> None:
    last = _last_job()
    if last is not None and last.started_at and last.finished_at:
        duration = last.finished_at - last.started_at
        metrics.index_last_seconds.set(duration.total_seconds())


def _last_job() -> IndexJob | None:
    return IndexJob.objects.filter(state=IndexJob.State.DONE).order_by("-finished_at").first()


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
