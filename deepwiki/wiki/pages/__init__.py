"""Pages made from the code of a repository, without a language model. Pure."""

from deepwiki.wiki.pages.diagram_source import NotCompilable, mermaid
from deepwiki.wiki.pages.markdown import block_markdown, markdown
from deepwiki.wiki.pages.recording import changed_texts, expanded
from deepwiki.wiki.pages.sentences import SENTENCES, Translator
from deepwiki.wiki.pages.slide import starts
from deepwiki.wiki.pages.symbol_reader import CallingLine, OutgoingCall, Symbol, SymbolReader
from deepwiki.wiki.pages.writing import write_page

__all__ = [
    "SENTENCES",
    "CallingLine",
    "NotCompilable",
    "OutgoingCall",
    "Symbol",
    "SymbolReader",
    "Translator",
    "block_markdown",
    "changed_texts",
    "expanded",
    "markdown",
    "mermaid",
    "starts",
    "write_page",
]
