"""Is the process alive, and is it ready to serve?"""

from __future__ import annotations

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from chat.services import runs
from deepwiki.threads import in_thread


@require_safe
async def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
async def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers, its tables are those of this version, and the server is not about to stop."""
    if runs.draining:
        return JsonResponse({"status": "stopping"}, status=503)
    try:
        ready = await in_thread(_migrated)
    except Error:
        return JsonResponse({"status": "the database is not available"}, status=503)
    return JsonResponse(
        {"status": "ok"} if ready else {"status": "migrations are missing"}, status=200 if ready else 503
    )


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
