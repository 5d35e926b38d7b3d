"""One page with every component in every state, for whoever changes how things look. Only with DEEPWIKI_DEBUG."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from chat.core.errors import Unavailable
from chat.message_tree import Versions
from chat.models import Conversation, Message
from chat.rendering import highlight_lines
from chat.web.source_viewer import Line
from chat.web.view_models import TurnView, parts_of, safe
from repos.models import Index, IndexJob, Repository

ANSWER = """\
# Where prices come from

A total is the sum of the **rounded** line prices, see `shop/prices.py:L3-L9`; nothing is rounded twice.
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
    {"path": "shop/prices.py", "start": 3, "end": 9, "found": True},
    {"path": "shop/nowhere.py", "start": 1, "end": 2, "found": False},
]
COLOURS = "ground raised sunken rule text soft accent accent-ground mark amber amber-soft brick brick-soft moss".split()
STAGES = [
    {"iteration": n, "of": 5, "stage": stage, "looking_for": words, "passages": 14, "at": at}
    for n, (stage, words, at) in enumerate(
        [
            ("plan", "how prices are made", 0),
            ("update", "where rounding happens", 0),
            ("conclude", "the whole", 0),
        ],
        1,
    )
]


@require_GET
@login_required
def design(request: HttpRequest) -> HttpResponse:
    """Every component and state. There only where the debug setting is on."""
    if not settings.DEBUG:
        raise Http404
    now = timezone.now()
    index = Index(
        commit="c0ffee" * 6 + "abcd",
        state=Index.State.READY,
        files=2_913,
        chunks=24_330,
        skipped={"counts": {"too large": 3, "binary": 120}},
    )
    repository = Repository(
        kind="github", url="https://github.com/team/shop", name="team/shop", current_index=index
    )
    conversation = Conversation(
        repository=repository, title="Where do prices come from?", updated_at=now
    )
    question = Message(
        conversation=conversation,
        role="user",
        content="Where do prices come from, and what is rounded?",
    )
    jobs = [
        IndexJob(
            repository=repository,
            state=state,
            stage=stage,
            progress=43,
            total=100,
            error=error,
            created_at=now,
        )
        for state, stage, error in (
            ("queued", "waiting", ""),
            ("running", "embedding", ""),
            ("paused", "reading", ""),
            ("failed", "fetching", "The host does not answer. Try again later."),
        )
    ]
    statuses: list[dict[str, Any]] = [
        {"job": job, "unfinished": job.state in IndexJob.UNFINISHED, "index": index} for job in jobs
    ]
    statuses += [{"job": None, "index": index}, {"job": None, "index": None}]
    code = "def total_of(lines):\n    return sum(line.price for line in lines)\n"
    lines = [
        Line(n, safe(line), n == 2, "#")
        for n, line in enumerate(highlight_lines(code, "python"), 1)
    ]
    context = {
        "repository": repository,
        "conversation": conversation,
        "colours": COLOURS,
        "question": question,
        "versions": Versions(2, 3, question, question, question),
        "answers": [TurnView(m, parts_of(m, repository.address)) for m in _answers(conversation)],
        "statuses": statuses,
        "path": "shop/prices.py",
        "lines": lines,
        "start": 2,
        "end": 2,
        "commit": index.commit,
        "host_url": "#",
        "days": [("Today", [conversation])],
        "pinned": [],
    }
    return render(request, "chat/styleguide.html", context)


def _answers(conversation: Conversation) -> list[Message]:
    usage = {"first_token_ms": 412, "total_ms": 6_230, "input_tokens": 9_214, "output_tokens": 640}
    common: dict[str, Any] = {
        "conversation": conversation,
        "role": "assistant",
        "provider": "openai",
        "model": "gpt-4.1",
    }
    full = {
        **common,
        "content": ANSWER,
        "sources": SOURCES,
        "citations": CITATIONS,
        "usage": usage,
        "verified_share": 0.5,
        "commit": "c0ffee00",
    }
    notice = {
        "code": "words_only",
        "message": "This repository is still being indexed: the search went by words alone.",
    }
    made = [
        Message(**full, state="complete"),
        Message(**full, state="complete", stages=STAGES, notices=[notice]),
        Message(**common, content="A total is the", state="running"),
        Message(**common, content="A total is the", state="stopped"),
        Message(**common, content="A total", state="interrupted"),
        Message(**common, content="", state="partial", error=Unavailable().message),
    ]
    for message in made:
        message.pk = uuid.uuid4()
        message.run_id = uuid.uuid4()
    return made
