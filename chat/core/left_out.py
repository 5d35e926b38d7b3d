"""What of a prompt's content stayed out of it: codes with counts, and the notice about them."""

from __future__ import annotations

from collections.abc import Mapping

from chat.core.events import Notice
from chat.core.messages import format_message
from chat.core.prompt import PromptContent

LeftOut = Mapping[str, int]

# Code -> in English, of one and of several.
PHRASES = {
    "question": ("the middle of your question",) * 2,
    "file": ("part of the file",) * 2,
    "attached": ("part of what you attached",) * 2,
    "history": ("{n} earlier message", "{n} earlier messages"),
    "passages": ("{n} passage", "{n} passages"),
}


def left_out(content: PromptContent, fitted: PromptContent) -> dict[str, int]:
    """Code -> how many stayed out, in part or as a whole; none that is complete."""
    newest = zip(reversed(content.history), reversed(fitted.history), strict=False)
    texts = zip(content.attachments.texts, fitted.attachments.texts, strict=True)
    counts = {
        "question": int(fitted.question != content.question),
        "file": int(fitted.file is not content.file),
        "attached": sum(whole != kept for whole, kept in texts),
        "history": len(content.history) - sum(whole == kept for whole, kept in newest),
        "passages": len(content.passages) - len(fitted.passages),
    }
    return {code: count for code, count in counts.items() if count}


def trimmed_notice(counts: LeftOut) -> Notice:
    """The notice with the counts as its parameters; only its message is English."""
    parts = [PHRASES[code][count > 1].format(n=count) for code, count in counts.items()]
    message = format_message("context_trimmed", {"parts": ", ".join(parts)})
    return Notice("context_trimmed", message, counts)
