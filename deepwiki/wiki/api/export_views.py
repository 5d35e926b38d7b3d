"""Pages that deepwiki-open's front end sends, as one file."""

from __future__ import annotations

import json
import re

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from deepwiki.foundation.attachments import attachment
from deepwiki.wiki.api.payloads import Json, SentExport, parse_body, parse_export
from deepwiki.wiki.api.visitors import for_visitors

UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)
MAX_NAME_CHARS = 80


@require_POST
@for_visitors
def export_wiki(request: HttpRequest) -> HttpResponse:
    """`/export/wiki`: the pages in the body as an attachment, Markdown or JSON."""
    sent = parse_export(parse_body(request.body))
    if sent.file_format == "markdown":
        return attachment(_markdown(sent), "text/markdown; charset=utf-8", f"{_file_name(sent)}.md")
    return attachment(_json(sent), "application/json; charset=utf-8", f"{_file_name(sent)}.json")


def _file_name(sent: SentExport) -> str:
    return f"{_repository_name(sent)}_wiki_{timezone.now():%Y%m%d_%H%M%S}"


def _repository_name(sent: SentExport) -> str:
    name = sent.repository_url.rstrip("/").rpartition("/")[2]
    return UNSAFE.sub("_", name).strip("._")[:MAX_NAME_CHARS] or "wiki"


def _markdown(sent: SentExport) -> str:
    titles = {page["id"]: page["title"] for page in sent.pages}
    contents = [f"- {_link(key, titles)}" for key in titles]
    pages = [_markdown_page(page, titles) for page in sent.pages]
    return "\n".join([f"# Wiki of {sent.repository_url}", "", *contents, "", *pages])


def _markdown_page(page: Json, titles: dict[str, str]) -> str:
    anchor = f'<a id="{_anchor(page["id"])}"></a>'
    related = [_link(key, titles) for key in page["relatedPages"] if key in titles]
    lines = [anchor, "", f"## {page['title']}", "", page["content"], ""]
    if related:
        lines += [f"Related: {', '.join(related)}", ""]
    return "\n".join(lines)


def _link(key: str, titles: dict[str, str]) -> str:
    return f"[{titles[key]}](#{_anchor(key)})"


def _anchor(key: str) -> str:
    return UNSAFE.sub("_", key)


def _json(sent: SentExport) -> str:
    value = {
        "metadata": {
            "repository": sent.repository_url,
            "generated_at": timezone.now().isoformat(),
            "page_count": len(sent.pages),
        },
        "pages": sent.pages,
    }
    return json.dumps(value, ensure_ascii=False, indent=2)
