"""Mermaid diagrams as SVG, drawn on the server: the page needs no script.

The native renderer can loop and crash: each diagram is drawn in a forked process with
limits of CPU time and memory, which the kernel enforces.
"""

from __future__ import annotations

import base64
import math
import os
import re
import resource
import select
import signal
import time
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from chat.rendering.diagram_themes import PAPER_OF_TEXT, with_colours
from chat.rendering.mermaid_source import repair

MAX_SOURCE_CHARS = 6_000  # usual diagrams have some hundreds
MAX_MARK_CHARS = 20  # on top, of a theme
MAX_SVG_BYTES = 400_000
CPU_SECONDS = 0.5
WALL_SECONDS = 5.0  # for a machine that is busy otherwise
MEMORY_BYTES = 512 * 1024 * 1024  # on top of what the process has
READ_BYTES = 65_536
HEAD_CHARS = 2_000
# The renderer measures the names of classes in a narrow font and not bold: as it writes them, they
# would stick out of their boxes.
CLASSES = 'class="classDiagram"'
NARROWER = {"font-weight:bolder": "font-weight:normal", "font-size:16px": "font-size:14px"}
# What an object calls of its own is written across the line of its life.
MESSAGE_STYLE = re.compile(r"(\.messageText\{fill:(#[0-9a-f]{6});)stroke:none;\}")
# Of the fonts of `diagram_themes.FONT`, some are wider than the one that the box was measured for.
LABEL_BOX = re.compile(r'(labelBkg">\s*<rect x=")([-\d.]+)(" y="[-\d.]+" width=")([\d.]+)"')
LABEL_SHARE, LABEL_PIXELS = 0.08, 3.0  # that it is wider at either side
VIEW_BOX = re.compile(r"""viewBox="[-\d.eE]+[ ,]+[-\d.eE]+[ ,]+([\d.]+)[ ,]+([\d.]+)\"""")


@dataclass(frozen=True)
class Drawing:
    """An SVG with its size in pixels."""

    svg: str
    width: int
    height: int

    @classmethod
    def of(cls, svg: str) -> Self:
        """The drawing of an SVG; its size comes from the view box."""
        box = VIEW_BOX.search(svg[:HEAD_CHARS])
        width, height = (float(box[1]), float(box[2])) if box else (0.0, 0.0)
        return cls(svg, math.ceil(width), math.ceil(height))


def packed(source: str) -> str:
    """A source, compressed, in characters of an address."""
    data = base64.urlsafe_b64encode(zlib.compress(source.encode(errors="replace"), 9))
    return data.decode().rstrip("=")


def draw(source: str) -> str:
    """The SVG of a Mermaid diagram; empty if invalid, too large or not drawn in time."""
    try:
        return _draw(source)
    except TimeoutError:  # the machine was busy: another time it may be drawn
        return ""


@lru_cache(maxsize=64)
def _draw(source: str) -> str:
    if not source.strip() or len(source) > MAX_SOURCE_CHARS + MAX_MARK_CHARS:
        return ""
    import mmdr  # here, so that only a process that draws has it: 30 MB  # noqa: F401

    source = with_colours(source)
    repaired = repair(source)
    svg = _in_child(repaired)
    if not svg and repaired != source:
        svg = _in_child(source)
    if len(svg) > MAX_SVG_BYTES:
        return ""
    return _on_paper(LABEL_BOX.sub(_wider, _within_boxes(svg)))


def _within_boxes(svg: str) -> str:
    if CLASSES in svg[:HEAD_CHARS]:
        for written, narrower in NARROWER.items():
            svg = svg.replace(written, narrower)
    return svg


def _wider(box: re.Match[str]) -> str:
    """The ground of an edge's label, as wide as its text: no line runs into its letters."""
    x, width = float(box[2]), float(box[4])
    more = LABEL_SHARE * width + LABEL_PIXELS
    return f'{box[1]}{x - more:.1f}{box[3]}{width + 2 * more:.1f}"'


def _on_paper(svg: str) -> str:
    """Names of calls with an edge in the colour of the page, so that no line runs through them."""
    return MESSAGE_STYLE.sub(_with_edge, svg, count=1)


def _with_edge(style: re.Match[str]) -> str:
    paper = PAPER_OF_TEXT.get(style[2])
    if paper is None:
        return style[0]
    return f"{style[1]}stroke:{paper};stroke-width:6px;stroke-linejoin:round;paint-order:stroke;}}"


def _in_child(source: str) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _draw_and_exit(source, writer)
    os.close(writer)
    try:
        return _read(reader).decode(errors="replace")
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _draw_and_exit(source: str, writer: int) -> None:
    """The child: write the SVG, nothing on any failure, and exit."""
    try:
        _limit_resources()
        import mmdr

        with os.fdopen(writer, "wb") as file:
            file.write(str(mmdr.render(source).svg()).encode())
    finally:
        os._exit(0)


def _limit_resources() -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which ends the process
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a panic would be printed


def _read(reader: int) -> bytes:
    """What the child writes until it ends. Raises TimeoutError after WALL_SECONDS."""
    deadline = time.monotonic() + WALL_SECONDS
    pieces: list[bytes] = []
    while select.select([reader], [], [], max(0.0, deadline - time.monotonic()))[0]:
        piece = os.read(reader, READ_BYTES)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
    raise TimeoutError
