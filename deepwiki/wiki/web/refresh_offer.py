"""What updating the pages whose lines have changed would cost, for those who manage a wiki."""

from __future__ import annotations

from dataclasses import dataclass

from chat.services import providers
from deepwiki.wiki.models import Wiki
from deepwiki.wiki.refresh import default_provider, expected_cost


@dataclass(frozen=True)
class RefreshOffer:
    """Pages that would be updated, about how many tokens that takes, and their price in dollars.

    The price is None where the models file gives none.
    """

    pages: int
    tokens: int
    price: float | None


def refresh_offer(wiki: Wiki | None) -> RefreshOffer | None:
    """None where no page has changed, or no language model is set up."""
    name = default_provider()
    if wiki is None or not name:
        return None
    pages, read, written = expected_cost(wiki)
    if not pages:
        return None
    model = providers().choose(name, "")
    price = providers().cost(model.provider, model.id, read, written)
    return RefreshOffer(pages, _rounded(read + written), price)


def _rounded(tokens: int) -> int:
    """To hundreds: the number is an estimate."""
    return max(100, round(tokens, -2))
