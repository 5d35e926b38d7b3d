"""Sample rows for the style guide: a repository, jobs in every state, a conversation.

Nothing here is saved.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from chat.core.errors import Unavailable
from chat.models import Conversation, Message
from repos.models import Index, IndexJob, Repository

ANSWER = """\
# Where prices come from

A total is the sum of the **rounded** line prices, see `shop/prices.py:L3-L9`; nothing is rounded
twice, as `shop/lines.py:L12-L20` says.
The file `shop/nowhere.py:L1-L2` does not exist, and [elsewhere](https://example.org/docs) has *more*.

## Steps

1. Read the list
2. Apply the discount
   - [x] once for each line
   - [ ] never for the whole

> A discount is a share, not a number of percent.

| setting | default | what for |
|---|---:|---|
| `rounding` | 2 | digits after the point |
| `currency` | EUR | shown beside each price |

```python
def total_of(lines: list[Line], discount: float = 0.0) -> float:
    \"\"\"What a customer pays.\"\"\"
    return sum(round(line.price * (1 - discount), 2) for line in lines)  # a very long comment that goes on and on and on
```

```mermaid
flowchart LR
  lines[Lines] -->|each| discount{Discount?}
  discount -->|yes| rounded(Rounded)
  discount -->|no| rounded
  rounded --> total[(Total)]
```

The share is $1 - d$, and the sum $$\\sum_i p_i (1 - d)$$
"""
SOURCES = [
    {
        "path": "shop/prices.py",
        "start": 3,
        "end": 9,
        "symbol": "PriceList.total_of",
        "why": "named",
        "url": "#",
    },
    {
        "path": "shop/a/rather/deeply/nested/folder/with_a_long_name/of_a_file.py",
        "start": 118,
        "end": 240,
        "symbol": "apply_discount",
        "why": "both",
        "url": "#",
    },
]
CITATIONS = [
    {"path": "shop/prices.py", "start": 3, "end": 9, "found": True, "state": "read"},
    {"path": "shop/lines.py", "start": 12, "end": 20, "found": True, "state": "exists"},
    {"path": "shop/nowhere.py", "start": 1, "end": 2, "found": False, "state": "missing"},
]
STAGES = [
    {"iteration": number, "of": 5, "stage": stage, "looking_for": aim, "passages": 14, "at": 0}
    for number, stage, aim in (
        (1, "plan", "how prices are made"),
        (2, "update", "where rounding happens"),
        (3, "conclude", "the whole"),
    )
]
STEPS = [
    {
        "n": 1,
        "tool": "search_code",
        "arguments": {"query": "prices"},
        "state": "done",
        "summary": "",
        "code": "",
        "passages": ["shop/prices.py:L3-L9", "shop/lines.py:L1-L20"],
        "ms": 38,
    },
    {
        "n": 2,
        "tool": "read_file",
        "arguments": {"path": "shop/prices.py"},
        "state": "done",
        "summary": "",
        "code": "",
        "passages": ["shop/prices.py:L1-L80"],
        "ms": 4,
    },
    {
        "n": 3,
        "tool": "read_file",
        "arguments": {"path": "shop/nowhere.py"},
        "state": "failed",
        "summary": "",
        "code": "",
        "passages": [],
        "ms": 1,
    },
]
NOTICES = [
    {
        "code": "words_only",
        "message": "The repository was still being indexed when this was asked: the search went by words alone.",
    }
]
ANSWER_FIELDS = {"role": "assistant", "provider": "openai", "model": "gpt-4.1"}
USAGE = {"first_token_ms": 412, "total_ms": 6_230, "input_tokens": 9_214, "output_tokens": 640}
# Fields of a complete answer.
COMPLETE: dict[str, Any] = {
    "content": ANSWER,
    "state": "complete",
    "sources": SOURCES,
    "citations": CITATIONS,
    "steps": STEPS,
    "usage": USAGE,
    "verified_share": 2 / 3,
    "commit": "c0ffee00",
}
# State, stage and error of an index job.
JOBS = (
    ("queued", "waiting", ""),
    ("running", "embedding", ""),
    ("paused", "reading", ""),
    ("failed", "fetching", "The host does not answer. Try again later."),
)
SOURCE_CODE = "def total_of(lines):\n    return sum(line.price for line in lines)\n"


def sample_repository() -> Repository:
    """An indexed repository."""
    return Repository(
        kind="github",
        url="https://github.com/team/shop",
        name="team/shop",
        current_index=_sample_index(),
    )


def _sample_index() -> Index:
    return Index(
        commit="c0ffee" * 6 + "abcd",
        state=Index.State.READY,
        files=2_913,
        chunks=24_330,
        skipped={"counts": {"too large": 3, "binary": 120}},
    )


def sample_conversation(repository: Repository) -> Conversation:
    """A conversation used just now."""
    return Conversation(
        repository=repository,
        title="Where do prices come from?",
        updated_at=timezone.now(),
    )


def sample_question(conversation: Conversation) -> Message:
    """A question of the conversation."""
    return Message(
        conversation=conversation,
        role="user",
        content="Where do prices come from, and what is rounded?",
    )


def sample_answers(conversation: Conversation) -> list[Message]:
    """An answer in each state, with and without rounds of Deep Research."""
    error = Unavailable().message
    variants: list[dict[str, Any]] = [
        COMPLETE,
        {**COMPLETE, "stages": STAGES, "notices": NOTICES},
        {"content": "A total is the", "state": "running"},
        {"content": "A total is the", "state": "stopped"},
        {"content": "A total", "state": "interrupted"},
        {"content": "", "state": "partial", "error": error},
    ]
    return [_answer(conversation, fields) for fields in variants]


def sample_statuses(repository: Repository) -> list[dict[str, Any]]:
    """Contexts of the status line: a job in each state, no job, no index."""
    with_jobs = [{"repository": repository, "job": _job(repository, *values)} for values in JOBS]
    without_index = Repository(kind=repository.kind, url=repository.url, name=repository.name)
    without_jobs = [{"repository": one, "job": None} for one in (repository, without_index)]
    return [*with_jobs, *without_jobs]


def _answer(conversation: Conversation, fields: dict[str, Any]) -> Message:
    return Message(
        pk=uuid.uuid4(),
        run_id=uuid.uuid4(),
        conversation=conversation,
        **ANSWER_FIELDS,
        **fields,
    )


def _job(repository: Repository, state: str, stage: str, error: str) -> IndexJob:
    return IndexJob(
        repository=repository,
        state=state,
        stage=stage,
        progress=43,
        total=100,
        error=error,
        created_at=timezone.now(),
    )
