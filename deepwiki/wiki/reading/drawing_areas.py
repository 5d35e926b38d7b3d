"""Where the nodes of a drawing stand in its SVG: areas for links laid over the picture.

The compiler names the nodes `n0`, `n1`, … in the order of the diagram.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBER = r"(-?[\d.]{1,20})"
NODE = re.compile(
    r'<g class="node[^"]*" id="merman-(?:flowchart|classId)-n(\d{1,4})-\d+"[^>]*?'
    rf'transform="translate\({NUMBER},\s*{NUMBER}\)"[^>]*>(?=(.{{0,500}}))',
    re.DOTALL,
)
RECTANGLE = re.compile(rf'<rect [^>]*?x="{NUMBER}" y="{NUMBER}" width="{NUMBER}" height="{NUMBER}"')
OUTLINE = re.compile(rf'<path d="M{NUMBER} {NUMBER} L{NUMBER} {NUMBER} L{NUMBER} {NUMBER}')
ACTOR = re.compile(
    rf'<rect x="{NUMBER}" y="{NUMBER}"[^>]*? width="{NUMBER}" height="{NUMBER}" name="n(\d{{1,4}})"'
)
VIEW_BOX = re.compile(rf'viewBox="{NUMBER}[ ,]+{NUMBER}[ ,]+{NUMBER}[ ,]+{NUMBER}"')
HEAD_CHARS = 2_000


@dataclass(frozen=True)
class Area:
    """A rectangle in the units of the view box."""

    x: float
    y: float
    width: float
    height: float

    @property
    def view_box(self) -> str:
        """As an SVG states it."""
        return f"{self.x:g} {self.y:g} {self.width:g} {self.height:g}"

    @property
    def attributes(self) -> str:
        """Of a `rect`."""
        return f'x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" height="{self.height:g}"'


def view_box(svg: str) -> Area | None:
    """What the drawing takes; None if it does not say so."""
    match = VIEW_BOX.search(svg[:HEAD_CHARS])
    return _area(match.groups()) if match else None


def node_areas(svg: str) -> Iterator[tuple[int, Area]]:
    """The numbers of nodes, each with an area; actors of a sequence have two."""
    for node in NODE.finditer(svg):
        area = _shape(node[4])
        if area is not None:
            yield int(node[1]), _moved(area, float(node[2]), float(node[3]))
    for actor in ACTOR.finditer(svg):
        yield int(actor[5]), _area(actor.groups()[:4])


def _shape(svg: str) -> Area | None:
    rectangle = RECTANGLE.search(svg)
    if rectangle:
        return _area(rectangle.groups())
    outline = OUTLINE.search(svg)
    return _between(*map(float, outline.groups())) if outline else None


def _between(left: float, top: float, *corners: float) -> Area:
    """The rectangle of a path from its first corner to the third."""
    return Area(left, top, corners[2] - left, corners[3] - top)


def _moved(area: Area, x: float, y: float) -> Area:
    return Area(area.x + x, area.y + y, area.width, area.height)


def _area(numbers: tuple[str, ...]) -> Area:
    return Area(*map(float, numbers))
