"""Pages made from the code of a repository, without a language model. Pure."""

from deepwiki.wiki.pages.symbol_reader import CallingLine, OutgoingCall, Symbol, SymbolReader

__all__ = ["CallingLine", "OutgoingCall", "Symbol", "SymbolReader"]
