"""How the claims of a page stand, in words."""

from __future__ import annotations

from django.utils.translation import ngettext

from deepwiki.wiki.ledger.standing import ClaimCounts

SHORT_COMMIT = 8


def claims_text(counts: ClaimCounts) -> str:
    """For the head of a page: "38 of 41 claims stand at abc1234; 2 moved; 1 changed"."""
    if not counts.total:
        return ""
    return "; ".join(filter(None, [_stand(counts), *_others(counts)]))


def _stand(counts: ClaimCounts) -> str:
    text = ngettext(
        "%(verified)s of %(n)s claim stands at %(commit)s",
        "%(verified)s of %(n)s claims stand at %(commit)s",
        counts.total,
    )
    commit = counts.commit[:SHORT_COMMIT]
    return text % {"verified": counts.verified, "n": counts.total, "commit": commit}


def _others(counts: ClaimCounts) -> list[str]:
    return [
        _count(ngettext("%(n)s moved", "%(n)s moved", counts.moved), counts.moved),
        _count(ngettext("%(n)s changed", "%(n)s changed", counts.changed), counts.changed),
        _count(
            ngettext("%(n)s not verified", "%(n)s not verified", counts.unsupported),
            counts.unsupported,
        ),
    ]


def _count(text: str, count: int) -> str:
    return (text % {"n": count}) * bool(count)
