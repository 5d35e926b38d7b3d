"""A wiki as JSON: what is stored of the current version of each page, as readers may see it."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet

from chat.core.citations import Citation
from deepwiki.wiki.exports.note_texts import note_value
from deepwiki.wiki.exports.wiki_export import ExportedPage, WikiExport
from deepwiki.wiki.models import PageClaim

FORMAT = "deepwiki-wiki"
FORMAT_VERSION = 1


def json_file(export: WikiExport) -> bytes:
    """The file; `content` of a page is `PageContent.as_json()`.

    Texts are as they were written, without what readers do not see.
    """
    value = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "repository": {"name": export.name, "url": export.wiki.repository.url},
        "commit": export.wiki.commit,
        "language": export.language,
        "coverage": export.wiki.coverage,
        "pages": list(map(_page, export.pages)),
        "left_out": export.left_out,
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _shown_claims(page: ExportedPage) -> QuerySet[PageClaim]:
    claims = page.version.claims.order_by("position")
    if page.ledger.leaves_out:
        return claims.exclude(state=PageClaim.State.UNSUPPORTED)
    return claims


def _claim(claim: PageClaim) -> dict[str, Any]:
    """A claim; `moved_to` is where the lines of a moved one stand."""
    return {
        "text": claim.text,
        "path": claim.path,
        "lines": [claim.start_line, claim.end_line],
        "blob": claim.blob,
        "state": claim.state,
        "moved_to": _place_of(claim.present) if claim.has_moved else None,
    }


def _place_of(citation: Citation) -> list[object]:
    return [citation.path, citation.start, citation.end]


def _page(page: ExportedPage) -> dict[str, Any]:
    version = page.version
    return {
        "slug": page.slug,
        "parent": page.parent,
        "kind": page.page.page.kind,
        "title": version.title,
        "language": version.language,
        "commit": version.commit,
        "made_by": version.made_by,
        "created_at": version.created_at.isoformat(),
        "content": page.ledger.kept_content(version.content),
        "text": page.ledger.kept(version.text),
        "claims_checked_at": version.checked_commit,
        "claims": list(map(_claim, _shown_claims(page))),
        "notes": list(map(note_value, page.notes)),
    }
