"""Index jobs: requested once, run by one worker, requeued when that worker dies.

The `IndexJob` row is the truth; the procrastinate queue only carries its id to a
worker.

queue (requested, waiting) -> claims (claimed, kept alive) -> runner (words) -> slices
(vectors) -> runner (ended)
"""

from repos.jobs.claims import rescue
from repos.jobs.extensions import after_indexing, side_queues
from repos.jobs.options import fetch_limits, index_options
from repos.jobs.progress import JobProgress, stopping
from repos.jobs.queue import cancel, enqueue, pause, position, request, resume, waiting
from repos.jobs.runner import run, run_next, run_or_follow
from repos.jobs.slices import Slice, SlicesThread, next_slices, run_next_slice
from repos.jobs.time_left import seconds_left

__all__ = [
    "JobProgress",
    "Slice",
    "SlicesThread",
    "after_indexing",
    "cancel",
    "enqueue",
    "fetch_limits",
    "index_options",
    "next_slices",
    "pause",
    "position",
    "request",
    "rescue",
    "resume",
    "run",
    "run_next",
    "run_next_slice",
    "run_or_follow",
    "seconds_left",
    "side_queues",
    "stopping",
    "waiting",
]
