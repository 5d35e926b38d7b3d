"""Index jobs: asked for once, run by one, watched by many, rescued when whoever ran them died.

The `IndexJob` row is the truth; the queue only carries its id to a worker.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db import Error, IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from repos.crypto import WrongKey
from repos.embedders import EmbedderError, configured
from repos.indexing.pipeline import Options, Result, index_repository
from repos.indexing.walk import Limits, printable
from repos.models import IndexJob, IndexJobQuerySet, Repository
from repos.search import embedder_config
from repos.sources import FetchLimits, SourceError
from repos.sources.errors import NoRevision, NotFound
from repos.store import drop_indexes

logger = logging.getLogger(__name__)
State, Stage = IndexJob.State, IndexJob.Stage
STALE = timedelta(seconds=30)
FORGOTTEN = timedelta(minutes=5)
# Set when this process must end: running jobs stop at the next step and go back into the queue.
stopping = threading.Event()
BEAT_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
MOST_FAILURES = 100  # named one by one; there is no use in more
MOST_DEATHS = 4  # a repository that kills its worker must not do so for ever


def request(
    repository: Repository, user_id: int | None = None, *, force: bool = False, start: bool = True
) -> tuple[IndexJob, bool]:
    """The repository's unfinished job, made (and, with `start`, handed to a worker) if there is none.

    Returns the job and whether it is new. The database allows one unfinished job a repository, so ten people asking at
    once get the same one.
    """
    try:
        with transaction.atomic():
            job = IndexJob.objects.create(repository=repository, requested_by_id=user_id, force=force)
            if start:
                enqueue(job)
        return job, True
    except IntegrityError:
        unfinished = repository.jobs.unfinished().first()
        if unfinished is None:
            return request(repository, user_id, force=force, start=start)
        rows = IndexJob.objects.filter(pk=unfinished.pk)
        if unfinished.state == State.RUNNING:
            # What it has read may be old by now: another look when it is done.
            wish = {"again": True, "again_forced": True} if force else {"again": True}
            if not rows.filter(state=State.RUNNING).update(**wish):
                return request(repository, user_id, force=force, start=start)  # it ended this very moment
        elif force:
            rows.update(force=True)
        return unfinished, False


def enqueue(job: IndexJob) -> None:
    """Hand a job to whichever worker is free."""
    from repos.tasks import run_index_job

    run_index_job.defer(job_id=str(job.pk))


def run_next() -> IndexJob | None:
    """Do the waiting job whose turn it is; None when there is none.

    Fair between people: of all waiting jobs, one of whoever has the fewest jobs running or done in the last hour, and
    of theirs the oldest.
    """
    for waiting_job in waiting():
        job = _claim(waiting_job.pk)
        if job is not None:
            return _work(job, JobProgress(job))
    return None


def waiting() -> list[IndexJob]:
    """Waiting jobs in the order they will be done."""
    since = timezone.now() - timedelta(hours=1)
    recent = IndexJob.objects.filter(Q(state=State.RUNNING) | Q(started_at__gt=since)).exclude(state=State.QUEUED)
    share: Counter[int | None] = Counter(recent.values_list("requested_by", flat=True))
    order: list[IndexJob] = []
    rest = list(IndexJob.objects.filter(state=State.QUEUED).order_by("created_at"))
    while rest:
        turn = min(rest, key=lambda job: (share[job.requested_by_id], job.created_at))
        rest.remove(turn)
        share[turn.requested_by_id] += 1
        order.append(turn)
    return order


def run(job_id: uuid.UUID | str, progress: JobProgress | None = None) -> IndexJob:
    """Claim the job and do it; the row says how it ended. Does nothing when another worker has it, or it is over."""
    job = _claim(job_id)
    if job is None:
        other = IndexJob.objects.select_related("repository").filter(pk=job_id).first()
        return other or IndexJob(state=State.CANCELLED)
    progress = progress or JobProgress(job)
    progress.job = job
    return _work(job, progress)


def _claim(job_id: uuid.UUID | str) -> IndexJob | None:
    """The job, ours from now on; None when it is another's, or over."""
    now = timezone.now()
    free = Q(state=State.QUEUED) | Q(state=State.RUNNING, beat_at__lt=now - STALE)
    claimed = IndexJob.objects.filter(free, pk=job_id).update(
        state=State.RUNNING, stage=Stage.WAITING, beat_at=now, started_at=now, error="", done=0, total=0, failures={},
        attempts=F("attempts") + 1,
    )  # fmt: skip
    if not claimed:
        return None
    return IndexJob.objects.select_related("repository", "repository__current_index").filter(pk=job_id).first()


def _work(job: IndexJob, progress: JobProgress) -> IndexJob:
    if job.deaths >= MOST_DEATHS:
        _end(
            job, State.FAILED, error="Indexing this repository ended the worker several times. Tell the administrator."
        )
        return IndexJob.objects.select_related("repository").get(pk=job.pk)
    try:
        with _heartbeat(job):
            result = index_repository(job.repository, options(), progress, force=job.force)
    except InterruptedError:
        if stopping.is_set():
            _hand_back(job)
        # Cancelled and paused are already in the row; a rescue by another worker must not be overwritten.
        IndexJob.objects.filter(pk=job.pk, state=State.CANCELLED).update(finished_at=timezone.now())
    except Repository.DoesNotExist:
        logger.info("repository deleted while it was indexed")
    except (SourceError, EmbedderError, WrongKey) as error:
        if isinstance(error, NotFound) and not isinstance(error, NoRevision) and job.repository.is_private:
            # Deleted, or its token is no longer good: what was read with that token is not ours to show any more.
            drop_indexes(job.repository)
        _end(job, State.FAILED, error=str(error))
    except Exception:
        incident = uuid.uuid4().hex[:8]
        logger.exception("indexing failed, incident %s", incident)
        _end(job, State.FAILED, error=f"Something went wrong on our side. Tell the administrator: incident {incident}.")
    else:
        _end(job, State.DONE, result=result)
    _look_again(job)
    return IndexJob.objects.select_related("repository").filter(pk=job.pk).first() or job


def _look_again(job: IndexJob) -> None:
    """Queue the look that was asked for while the job ran."""
    ended = IndexJob.objects.filter(pk=job.pk, again=True, state__in=[State.DONE, State.FAILED])
    forced = ended.filter(again_forced=True).exists()
    if ended.update(again=False, again_forced=False):
        with contextlib.suppress(Error):  # deleted this very moment
            request(job.repository, job.requested_by_id, force=forced)


@contextlib.contextmanager
def _heartbeat(job: IndexJob) -> Iterator[None]:
    """Signs of life from a thread of their own: some steps take longer than silence is taken for death."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_SECONDS):
            try:
                _mine(job).update(beat_at=timezone.now())
            except Error:
                logger.debug("no sign of life could be given", exc_info=True)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(5)


def _hand_back(job: IndexJob) -> None:
    with transaction.atomic():
        if _mine(job).update(state=State.QUEUED):
            enqueue(job)


def _mine(job: IndexJob) -> IndexJobQuerySet:
    """The job's row, as long as nobody claimed it after us."""
    return IndexJob.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)


def _end(job: IndexJob, state: str, *, error: str = "", result: Result | None = None) -> None:
    _mine(job).update(state=state, error=error, result=result.as_json() if result else {}, finished_at=timezone.now())


def cancel(job: IndexJob) -> None:
    """Stop a waiting, running or paused job; the old index stays."""
    _move(job, IndexJob.UNFINISHED, State.CANCELLED)


def pause(job: IndexJob) -> None:
    """Stop a job so that `resume` goes on where it was: stored vectors stay stored."""
    _move(job, [State.QUEUED, State.RUNNING], State.PAUSED)


def resume(job: IndexJob) -> None:
    """Put a paused job back into the queue."""
    with transaction.atomic():
        if _move(job, [State.PAUSED], State.QUEUED):
            enqueue(job)


def _move(job: IndexJob, before: list[IndexJob.State], after: IndexJob.State) -> bool:
    return bool(IndexJob.objects.filter(pk=job.pk, state__in=before).update(state=after))


def rescue() -> int:
    """Requeue jobs whose runner shows no sign of life; returns how many."""
    stale = IndexJob.objects.filter(state=State.RUNNING, beat_at__lt=timezone.now() - STALE)
    rescued = 0
    for job in stale:
        with transaction.atomic():
            died = IndexJob.objects.filter(pk=job.pk, state=State.RUNNING, beat_at=job.beat_at)
            if died.update(state=State.QUEUED, deaths=F("deaths") + 1):
                enqueue(job)
                rescued += 1
    # A waiting job whose message to the workers was lost: a second one does no harm, the claim is atomic.
    forgotten = Q(beat_at=None, created_at__lt=timezone.now() - FORGOTTEN) | Q(beat_at__lt=timezone.now() - FORGOTTEN)
    for job in IndexJob.objects.filter(forgotten, state=State.QUEUED):
        IndexJob.objects.filter(pk=job.pk).update(beat_at=timezone.now())
        enqueue(job)
    return rescued


def position(job: IndexJob) -> int:
    """How many jobs are ahead of a waiting one."""
    return next((place for place, other in enumerate(waiting()) if other.pk == job.pk), 0)


def options() -> Options:
    """The settings, as the pipeline wants them."""
    return Options(
        limits=Limits(settings.INDEX_FILES, settings.INDEX_FILE_BYTES, settings.INDEX_TEXT_BYTES),
        fetch=fetch_limits(),
        work_dir=settings.DATA_DIR / "work",
        embedders=configured(embedder_config()),
    )


def fetch_limits() -> FetchLimits:
    """The settings, as fetching wants them."""
    return FetchLimits(
        settings.CLONE_SECONDS, settings.CLONE_MEGABYTES, settings.CLONE_ALLOW, settings.CA_FILE, settings.GIT_PROXY
    )


class JobProgress:
    """Writes progress to the job's row about once a second, and learns there that it was cancelled or paused."""

    def __init__(self, job: IndexJob, tell: Callable[[IndexJob], None] = lambda job: None) -> None:
        self.job = job
        self.tell = tell
        self._stopped = False
        self._beaten = 0.0
        self._due = 0
        self._failures: dict[str, str] = {}

    def stage(self, stage: IndexJob.Stage, total: int = 0) -> None:
        self.job.stage, self.job.total, self.job.done, self.job.stage_at = stage, total, 0, timezone.now()
        self._due = 0
        self._beat(stage=stage, total=total, done=0, stage_at=self.job.stage_at)

    def advance(self, count: int) -> None:
        self.job.done += count
        self._due += count
        self.cancelled()

    def failed(self, path: str, why: str) -> None:
        if len(self._failures) < MOST_FAILURES:
            self._failures[printable(path)[:300]] = why
            self._beat(failures=self._failures)

    def holds(self) -> bool:
        """Is the job still ours? Inside a transaction the answer stays true until its end."""
        return _mine(self.job).select_for_update().exists()

    def cancelled(self) -> bool:
        if time.monotonic() - self._beaten > BEAT_SECONDS:
            self._beat(done=F("done") + self._due)
            self._due = 0
        return self._stopped or stopping.is_set()

    def _beat(self, **changes: object) -> None:
        self._beaten = time.monotonic()
        self._stopped = not _mine(self.job).update(beat_at=timezone.now(), **changes)
        self.tell(self.job)


def run_or_follow(job: IndexJob, tell: Callable[[IndexJob], None] = lambda job: None) -> IndexJob:
    """Do the job here, or follow whoever does it until it is over, taking over if they die. For commands: it blocks."""
    while True:
        job = run(job.pk, JobProgress(job, tell))
        if job.state not in (State.QUEUED, State.RUNNING):
            return job
        tell(job)
        time.sleep(0.5)
