"""Background tasks."""

from __future__ import annotations

from procrastinate.contrib.django import app

from repos import jobs


@app.task(queue="index", name="repos.run_index_job")
def run_index_job(job_id: str) -> None:
    """Do one index job. Its row says how it went; the queue need not know."""
    jobs.run(job_id)
