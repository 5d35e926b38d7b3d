"""A long answer in several messages."""

from __future__ import annotations

from collections.abc import Iterator

from chat.api.slack.mrkdwn import FENCE

MAX_CHARS = 3_800  # of a message: `chat.update` takes 4,000
MAX_PARTS = 6
CUT = "…"


def message_parts(text: str) -> list[str]:
    """The text in parts of MAX_CHARS at most, MAX_PARTS of them; the last ends with CUT if cut.

    A block of code that goes on in the next part is closed and opened again.
    """
    parts = list(_parts(text))
    if len(parts) > MAX_PARTS:
        parts = [*parts[: MAX_PARTS - 1], f"{parts[MAX_PARTS - 1]}\n{CUT}"]
    return parts


def _parts(text: str) -> Iterator[str]:
    lines: list[str] = []
    size, is_code = 0, False
    for line in _short_lines(text):
        if size + len(line) + 1 > MAX_CHARS and lines:
            yield "\n".join([*lines, FENCE] if is_code else lines)
            lines = [FENCE] if is_code else []
            size = len(FENCE)
        lines.append(line)
        size += len(line) + 1
        is_code ^= line == FENCE
    if any(line.strip() for line in lines):
        yield "\n".join(lines)


def _short_lines(text: str) -> Iterator[str]:
    """Lines that fit into a message, beside the marks of code."""
    most = MAX_CHARS - 4 * len(FENCE)
    for line in text.split("\n"):
        rest = line
        while len(rest) > most:
            end = _end(rest, most)
            yield rest[:end]
            rest = rest[end:]
        yield rest


def _end(line: str, most: int) -> int:
    """Where to cut a line: behind its last space, in front of a link or an escaped character."""
    end = line.rfind(" ", most // 2, most) + 1 or most
    for opening, closing in (("<", ">"), ("&", ";")):
        start = line.rfind(opening, 0, end)
        if start > 0 and closing not in line[start:end] and closing in line[end : end + most]:
            end = start
    return end
