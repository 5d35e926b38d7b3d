"""Is the process alive, is it ready to serve, and how is it doing?"""

from __future__ import annotations

import asyncio

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from chat.services import runs
from deepwiki.accounts import authentication
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread
from repos.models import IndexJob

LAYER_SECONDS = 2.0


@require_safe
async def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
async def readyz(request: HttpRequest) -> JsonResponse:
    """The database and the channel layer answer, the tables are those of this version, and the server is not about to stop."""
    if runs.draining:
        return JsonResponse({"status": "stopping"}, status=503)
    try:
        ready = await in_thread(_migrated)
    except Error:
        return JsonResponse({"status": "the database is not available"}, status=503)
    if not ready:
        return JsonResponse({"status": "migrations are missing"}, status=503)
    if not await _layer_answers():
        return JsonResponse({"status": "the channel layer is not available"}, status=503)
    return JsonResponse({"status": "ok"})


async def _layer_answers() -> bool:
    if not settings.REDIS_URL:
        return True
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(LAYER_SECONDS):
            channel = await layer.new_channel()
            await layer.send(channel, {"type": "ready"})
            await layer.receive(channel)
    except Exception:
        return False
    return True


@require_safe
async def metrics_view(request: HttpRequest) -> HttpResponse:
    """`/metrics`, for whoever brings the monitoring token, and signed-in staff; for anybody else there is nothing here."""
    if not await _may_see_figures(request):
        return HttpResponse(
            "There is nothing here.", status=404, content_type="text/plain; charset=utf-8"
        )
    try:
        await in_thread(_count_jobs)
    except Error:
        metrics.indexing.clear()  # the figures of the process itself are still worth having
    text, content_type = metrics.exposition()
    return HttpResponse(text, content_type=content_type)


async def _may_see_figures(request: HttpRequest) -> bool:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and constant_time_compare(token, settings.METRICS_TOKEN):
        return True
    try:
        person = await in_thread(
            authentication.by_session, request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        )
    except Error:
        return False
    return bool(getattr(person, "is_staff", False))


def _count_jobs() -> None:
    metrics.indexing.clear()
    for state, count in IndexJob.objects.values_list("state").annotate(Count("pk")).order_by():
        metrics.indexing.labels(state).set(count)
    last = IndexJob.objects.filter(state=IndexJob.State.DONE).order_by("-finished_at").first()
    if last is not None and last.started_at and last.finished_at:
        metrics.indexing_seconds.set((last.finished_at - last.started_at).total_seconds())


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
