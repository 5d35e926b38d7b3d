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
from deepwiki.runtime.doctor.finding import DoctorCheck

CLONE_SECONDS = repository_checks.CLONE_SECONDS + 5.0
EMBEDDER_SECONDS = 60.0  # a local one is loaded first
DATABASE = "database"


def all_checks(address: str = "") -> list[DoctorCheck]:
    """Every check; with `address`, a clone of that repository among them."""
    return [
        *_of_the_database(),
        DoctorCheck("embedder", "Embedder", model_checks.embedder, EMBEDDER_SECONDS),
        DoctorCheck("models", "Models", model_checks.models),
        *model_checks.provider_checks(),
        DoctorCheck("git", "Git", repository_checks.git),
        *_clone(address),
        DoctorCheck("redis", "Redis", network_checks.redis, 15.0),
        DoctorCheck("mail", "Mail", network_checks.mail, 15.0),
        DoctorCheck("slack", "Slack", network_checks.slack, 15.0),
        DoctorCheck("certificates", "Certificates", network_checks.certificates),
        DoctorCheck("disk", "Disk", machine_checks.disk),
        DoctorCheck("static", "Static files", machine_checks.static_files),
        DoctorCheck("deployment", "Deployment", machine_checks.deployment),
    ]


def chosen_checks(checks: list[DoctorCheck], name: str) -> list[DoctorCheck]:
    """The check of this name, and the one it needs; all of them without a name."""
    if not name:
        return checks
    chosen = [check for check in checks if check.name == name]
    needed = {check.needs for check in chosen}
    return [check for check in checks if check in chosen or check.name in needed]


def _of_the_database() -> list[DoctorCheck]:
    return [
        DoctorCheck(DATABASE, "Database", database_checks.database, 20.0),
        DoctorCheck("extension", "pgvector", database_checks.extension, needs=DATABASE),
        DoctorCheck("migrations", "Migrations", database_checks.migrations, needs=DATABASE),
        DoctorCheck("pool", "Connections", database_checks.pool, needs=DATABASE),
        DoctorCheck("clock", "Clock", database_checks.clock, needs=DATABASE),
        DoctorCheck("worker", "Worker", database_checks.worker, needs=DATABASE),
    ]


def _clone(address: str) -> list[DoctorCheck]:
    if not address:
        return []
    return [DoctorCheck("clone", "Clone", partial(repository_checks.clone, address), CLONE_SECONDS)]
