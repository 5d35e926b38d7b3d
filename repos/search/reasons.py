"""Why a hit was found, in one word that the page puts into a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from deepwiki.foundation.sql import fetch_all, read_sql
from repos.indexing.identifiers import pair_key, squash
from repos.search.passages import SearchHit
from repos.search.question_names import identifiers, word_runs

LINKED_HITS = read_sql(__file__, "reasons.sql")
# The share of a hit's score from which links are the reason, not its own words.
LINK_SHARE = 0.5
LINKED_REASONS = ("used", "uses", "test", "tested")


def with_reasons(hits: Sequence[SearchHit], question: str) -> list[SearchHit]:
    """The hits with `reason`, and with the path of the file that led to them in `via`."""
    names, runs = set(identifiers(question)), set(word_runs(question))
    reasons = [_reason(hit, names, runs) for hit in hits]
    if not any(reason in LINKED_REASONS for reason in reasons):
        return [hit._replace(reason=reason) for hit, reason in zip(hits, reasons, strict=True)]
    leads = _leads(hits)
    return [_explained(hit, reason, leads) for hit, reason in zip(hits, reasons, strict=True)]


def _reason(hit: SearchHit, names: set[str], runs: set[str]) -> str:
    last = hit.symbol.rpartition(".")[2]
    if hit.links.defined and (last in names or squash(last) in runs):
        return "defined"
    if hit.named:
        return "named"
    if hit.role == "test" and hit.links.paired:
        return "test"
    if hit.links.bonus > LINK_SHARE * hit.score:
        return _link_reason(hit)
    return _own_reason(hit)


def _own_reason(hit: SearchHit) -> str:
    if hit.cosine is None:
        return "words"
    return "meaning" if hit.words is None else "both"


def _link_reason(hit: SearchHit) -> str:
    """By the largest part of the bonus."""
    parts = {
        "test" if hit.role == "test" else "tested": hit.links.paired,
        "used": hit.links.used + hit.links.used_by_used,
        "uses": hit.links.uses,
        "named": hit.links.defined,
    }
    return max(parts, key=lambda reason: parts[reason])


def _leads(hits: Sequence[SearchHit]) -> Mapping[tuple[str, int], str]:
    """The path of the best hit that leads to a file for a reason, by reason and document."""
    paths = {hit.document_id: hit.path for hit in reversed(hits)}
    place = {hit.document_id: number for number, hit in reversed(list(enumerate(hits)))}
    links = fetch_all(LINKED_HITS, {"documents": list(paths)})
    leads: dict[tuple[str, int], str] = {}
    for source, target in sorted(links, key=lambda link: place[link[0]]):
        leads.setdefault(("used", target), paths[source])
    for source, target in sorted(links, key=lambda link: place[link[1]]):
        leads.setdefault(("uses", source), paths[target])
    for hit, other in _pairs(hits):
        leads.setdefault(("test" if hit.role == "test" else "tested", hit.document_id), other.path)
    return leads


def _pairs(hits: Sequence[SearchHit]) -> Iterable[tuple[SearchHit, SearchHit]]:
    """Hits of a test with one of its code, and the other way round."""
    by_key: dict[tuple[object, str], list[SearchHit]] = {}
    for hit in hits:
        key = pair_key(hit.path, hit.role)
        if key:
            by_key.setdefault((hit.repository_id, key), []).append(hit)
    for group in by_key.values():
        for hit in group:
            for other in group:
                if (hit.role == "test") != (other.role == "test"):
                    yield hit, other


def _explained(hit: SearchHit, reason: str, leads: Mapping[tuple[str, int], str]) -> SearchHit:
    """The hit with its reason; its own one where no hit led to it."""
    if reason not in LINKED_REASONS:
        return hit._replace(reason=reason)
    via = leads.get((reason, hit.document_id), "")
    return hit._replace(reason=reason if via else _own_reason(hit), via=via)
