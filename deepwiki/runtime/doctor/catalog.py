"""All checks of the doctor, in the order in which they are told."""

from __future__ import annotations

from functools import partial

from deepwiki.runtime.doctor import (
    database_checks,
    machine_checks,
    model_checks,
    network_checks,
    repository_checks,
)
from deepwiki.runtime.doctor.finding import Check

CLONE_SECONDS = repository_checks.CLONE_SECONDS + 5.0
EMBEDDER_SECONDS = 60.0  # a local one is loaded first
DATABASE = "database"


def all_checks(address: str = "") -> list[Check]:
    """Every check; with `address`, a clone of that repository among them."""
    return [
        *_of_the_database(),
        Check("embedder", "Embedder", model_checks.embedder, EMBEDDER_SECONDS),
        Check("models", "Models", model_checks.models),
        *model_checks.provider_checks(),
        Check("git", "git", repository_checks.git),
        *_clone(address),
        Check("redis", "Redis", network_checks.redis, 15.0),
        Check("mail", "Mail", network_checks.mail, 15.0),
        Check("certificates", "Certificates", network_checks.certificates),
        Check("disk", "Disk", machine_checks.disk),
        Check("static", "Static files", machine_checks.static_files),
        Check("deployment", "Deployment", machine_checks.deployment),
    ]


def _of_the_database() -> list[Check]:
    return [
        Check(DATABASE, "Database", database_checks.database, 20.0),
        Check("extension", "pgvector", database_checks.extension, needs=DATABASE),
        Check("migrations", "Migrations", database_checks.migrations, needs=DATABASE),
        Check("pool", "Connections", database_checks.pool, needs=DATABASE),
        Check("clock", "Clock", database_checks.clock, needs=DATABASE),
        Check("worker", "Worker", database_checks.worker, needs=DATABASE),
    ]


def _clone(address: str) -> list[Check]:
    if not address:
        return []
    return [Check("clone", "Clone", partial(repository_checks.clone, address), CLONE_SECONDS)]
