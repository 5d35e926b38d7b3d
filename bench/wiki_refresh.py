"""What keeping a wiki fresh costs: tokens of each of 20 commits, as a share of a full writing.

The source is a bare git folder. A scripted model on loopback stands for the service: it writes a
page as sentences that cite definitions, and patches a paragraph by citing the lines it is shown.
Tokens are characters / 4. A full writing gives each page the cited lines and those of up to
EVIDENCE_CHARS around them, and gets the page.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from django.test import override_settings

COMMITS = 20
CLAIMS_PER_PAGE = 40
MAX_LINES = 40  # of a claim
EVIDENCE_CHARS = 24_000  # that a writer is given of the files of a page
INSTRUCTION_TOKENS = 500
PARAGRAPH = re.compile(r'<paragraph n="(\d+)">\n(.*?)\n</paragraph>', re.DOTALL)
CITED = re.compile(r"`([^`\n]+):L\d+(?:-L\d+)?`")
SHOWN = re.compile(r"^(.+), lines (\d+) to (\d+) now:$", re.MULTILINE)


def measure(source: Path) -> dict[str, object]:
    """Write a wiki at the first of the commits, and refresh it at each of the others."""
    from repos.services import add
    from repos.sources import parse_address

    with tempfile.TemporaryDirectory() as folder, scripted_service():
        root = Path(folder) / source.parent.name
        root.mkdir()
        commits = commits_of(source)
        check_out(source, commits[0], root)
        repository = add(parse_address(str(root), "local"), None)
        index(repository)
        written = write_wiki(repository)
        shares, patched, changed = [], 0, 0
        for commit in commits[1:]:
            check_out(source, commit, root)
            index(repository)
            asked = refresh(repository)
            patched += bool(asked)
            changed += len(asked)
            shares.append(100 * sum(row.tokens for row in asked) / written["tokens"])
    asked_for = [share for share in shares if share] or [0.0]
    return {
        "refresh, pages and claims of the wiki": f"{written['pages']}, {written['claims']}",
        "refresh, tokens of a full writing": written["tokens"],
        "refresh, commits; with questions; questions": f"{len(shares)}; {patched}; {changed}",
        "refresh, share of a full writing, median: %": round(statistics.median(shares), 2),
        "refresh, the same of commits with questions: %": round(statistics.median(asked_for), 2),
        "refresh, share of a full writing, mean: %": round(statistics.fmean(shares), 2),
        "refresh, share of a full writing, largest: %": round(max(shares), 2),
        "refresh, shares of the commits: %": " ".join(f"{share:.2f}" for share in shares),
    }


def commits_of(source: Path) -> list[str]:
    """COMMITS + 1 consecutive commits, the oldest first."""
    command = [
        "git",
        f"--git-dir={source}",
        "rev-list",
        "--first-parent",
        f"-{COMMITS + 1}",
        "HEAD",
    ]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return found.stdout.split()[::-1]


def check_out(source: Path, commit: str, root: Path) -> None:
    """Make a folder hold the files of a commit."""
    subprocess.run(["find", str(root), "-mindepth", "1", "-delete"], check=True)
    command = ["git", f"--git-dir={source}", "archive", commit]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", str(root)], stdin=archive.stdout, check=True)


def index(repository: Any) -> None:
    """Index the folder as it is."""
    from repos.jobs import request, run_next

    request(repository, start=False)
    run_next()
    repository.refresh_from_db()


def write_wiki(repository: Any) -> dict[str, int]:
    """Make the wiki, and have the scripted model write each page that cites code."""
    from deepwiki.wiki import builds
    from deepwiki.wiki.evidence import IndexReader
    from deepwiki.wiki.ledger.page_claims import check_page, store_claims
    from deepwiki.wiki.models import PageVersion, WikiPage
    from repos.access import OPERATOR_ID
    from repos.search import release_snapshot, take_snapshot

    builds.run(builds.request(repository, start=False)[0].pk)
    snapshot = take_snapshot(repository.pk, OPERATOR_ID)
    assert snapshot is not None
    reader = IndexReader(snapshot)
    totals = {"pages": 0, "claims": 0, "tokens": 0}
    for page in WikiPage.objects.filter(wiki__repository=repository, is_removed=False):
        text, given = page_text(page, reader)
        if not given:
            continue
        version = page.versions.order_by("-version_number").first()
        assert version is not None
        version.pk, version.version_number = None, version.version_number + 1
        version.content = {"summary": page.title, "blocks": [{"type": "text", "markdown": text}]}
        version.text, version.made_by = text, PageVersion.Author.MODEL
        version.save()
        checked = check_page(text, given, snapshot)
        store_claims(version, checked)
        evidence = sum(map(len, reader.texts(page.files).values()))
        read = min(evidence, EVIDENCE_CHARS)
        totals["pages"] += 1
        totals["claims"] += len(checked)
        totals["tokens"] += INSTRUCTION_TOKENS + (read + len(text)) // 4
    release_snapshot(snapshot)
    return totals


def page_text(page: Any, reader: Any) -> tuple[str, dict[str, list[tuple[int, int]]]]:
    """A page that cites definitions of its files, by turns, and the lines it was given."""
    outlines = reader.outlines(page.files)
    symbols = [symbol for rank in range(CLAIMS_PER_PAGE) for symbol in _ranked(outlines, rank)]
    lines, given = [f"## {page.title}"], {}
    for symbol in symbols[:CLAIMS_PER_PAGE]:
        end = min(symbol.end, symbol.start + MAX_LINES - 1)
        given.setdefault(symbol.path, []).append((symbol.start, end))
        place = f"{symbol.path}:L{symbol.start}-L{end}"
        lines.append(f"`{symbol.name}` is a {symbol.kind} that this part needs, see `{place}`.")
    return "\n\n".join(lines), given


def _ranked(outlines: dict[str, list[Any]], rank: int) -> Iterator[Any]:
    for symbols in outlines.values():
        yield from symbols[rank : rank + 1]


def refresh(repository: Any) -> Any:
    """What the model was asked after the index was switched."""
    from deepwiki.wiki import refresh as refreshing
    from deepwiki.wiki.models import Wiki

    wiki = Wiki.objects.get(repository=repository)
    return refreshing.run(wiki.pk, is_requested=True).asked


@contextmanager
def scripted_service() -> Iterator[None]:
    """The provider of requests is a scripted model on loopback."""
    from chat import services

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Model)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/v1"
    environment = {"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": address}
    services.providers.cache_clear()
    with override_settings(PROVIDER_ENVIRONMENT=environment, PROVIDER="openai", MODEL_LISTS=False):
        try:
            yield
        finally:
            services.providers.cache_clear()
            server.shutdown()


def patch_of(prompt: str) -> str:
    """Each paragraph with the lines that are shown of its file; empty where the file is gone."""
    shown = {path: (first, last) for path, first, last in SHOWN.findall(prompt)}

    def present(match: re.Match[str]) -> str:
        first, last = shown.get(match[1], ("0", "0"))
        return f"`{match[1]}:L{first}-L{last}`"

    return "\n".join(
        f'<paragraph n="{place}">{"" if ":L0-L0" in text else text}</paragraph>'
        for place, text in (
            (place, CITED.sub(present, text)) for place, text in PARAGRAPH.findall(prompt)
        )
    )


class _Model(BaseHTTPRequestHandler):
    """Streams one chat completion a request."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = patch_of(body["messages"][-1]["content"]) or "Nothing."
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for choice in (
            {"delta": {"role": "assistant", "content": text}, "finish_reason": None},
            {"delta": {}, "finish_reason": "stop"},
        ):
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
            data = json.dumps({**chunk, "choices": [{"index": 0, **choice}]})
            self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
