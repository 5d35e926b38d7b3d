"""Background tasks. The `IndexJob` rows tell how jobs went; the queue need not know."""

from __future__ import annotations

from procrastinate.contrib.django import app

from repos import jobs, outgoing
from repos.index import purge_all
from repos.jobs import closing, maintenance


@app.task(queue="index", name="repos.run_index_job")
def run_index_job(job_id: str) -> None:
    """Run the first waiting index job, not always the one of this message."""
    jobs.run_next()


@app.periodic(cron="*/10 * * * *")
@app.task(queue="index", name="repos.refresh_due")
def refresh_due(timestamp: int) -> None:
    """Bring repositories in use up to date, and notice those that may no longer be read."""
    maintenance.refresh_due()
    closing.check_access()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="index", name="repos.purge")
def purge(timestamp: int) -> None:
    """Delete what updates replaced and no answer reads any more."""
    purge_all()


@app.task(queue="webhooks", name="repos.deliver_webhook")
def deliver_webhook(delivery_id: str) -> None:
    """Try to send an event to its receiver."""
    outgoing.deliver(delivery_id)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="index", name="repos.queue_overdue_webhooks")
def queue_overdue_webhooks(timestamp: int) -> None:
    """Send what a worker that died did not."""
    outgoing.queue_overdue()


@app.periodic(cron="17 * * * *")
@app.task(queue="index", name="repos.make_room")
def make_room(timestamp: int) -> None:
    """Keep within the limit for indexes, and clean up."""
    maintenance.run_hourly()
