"""What a model is given for slides and a workshop: pages of the wiki, and the lines they cite. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from chat.core.citation_search import find
from chat.core.citations import Citation
from deepwiki.foundation.text import estimated_tokens
from deepwiki.wiki.pages.symbol_reader import SymbolReader
from deepwiki.wiki.plan import CodeBase
from deepwiki.wiki.writing.evidence_pack import EvidencePack
from deepwiki.wiki.writing.prompt_parts import fact_block

MAX_PAGES = 24
MAX_PAGE_CHARS = 6_000
MAX_CITED = 40  # of one page
MAX_LINES = 60  # of one citation


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """A page of the wiki as it was built, in Markdown."""

    title: str
    slug: str
    text: str


def page_blocks(pages: Iterable[BuiltPage], max_tokens: int) -> str:
    """The texts of the first pages that fit, each in a fence of its own."""
    blocks: list[str] = []
    for page in pages:
        text = f"page: {page.title}\nlink: wiki:{page.slug}\n\n{page.text[:MAX_PAGE_CHARS]}"
        block = fact_block("a page of the wiki", text)
        max_tokens -= estimated_tokens(block)
        if max_tokens < 0 or len(blocks) >= MAX_PAGES:
            break
        blocks.append(block)
    return "\n\n".join(blocks)


def pack_cited(
    texts: Sequence[str], code: CodeBase, reader: SymbolReader, max_tokens: int
) -> EvidencePack:
    """The lines that texts cite, of each text in turn, so that all of them are heard."""
    cited = [item for item in _in_turn(texts) if item.path in code.files]
    paths = list(dict.fromkeys(item.path for item in cited))
    pack = EvidencePack(max_tokens)
    found = reader.texts(paths)
    pack.texts = {path: text.removesuffix("\n").split("\n") for path, text in found.items()}
    for item in cited:
        pack.add(item.path, item.start, min(item.end, item.start + MAX_LINES - 1))
    return pack


def _in_turn(texts: Sequence[str]) -> Iterator[Citation]:
    """The first citation of each text, then the second of each, and so on; each once."""
    rows = zip_longest(*(find(text)[:MAX_CITED] for text in texts[: MAX_PAGES + 1]))
    return iter(dict.fromkeys(filter(None, chain.from_iterable(rows))))
