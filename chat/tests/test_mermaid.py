"""Mermaid as models write it is drawn, with the labels they meant."""

import html
import re

import pytest

from chat.rendering.diagram_themes import DARK, LIGHT, in_theme, with_colours
from chat.rendering.diagrams import draw
from chat.rendering.mermaid_source import repair
from deepwiki.testing.growth import LINEAR, growth

pytestmark = pytest.mark.integration  # each diagram is drawn in a process


def words(source):
    """The text of the drawing, without spaces: renderers set each word by itself."""
    svg = re.sub(r"<style.*?</style>", "", draw(source), flags=re.DOTALL)
    return re.sub(r"\s", "", html.unescape("".join(re.findall(r">([^<>]+)<", svg))))


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ("A[Call login()] --> B[done]", ["Call login()", "done"]),
        ("A:::x --> B", ["A", "B"]),
        ("A[Text (x)]:::x --> B", ["Text (x)"]),
        ('A["Say "hi" now"] --> B', ['Say "hi" now']),
        ("A[list[int]] --> B[dict{a}]", ["list[int]", "dict{a}"]),
        ("A[/api/users] --> B[src/app.py]", ["/api/users", "src/app.py"]),
        ("A[one\\ntwo()] --> B", ["one", "two()"]),
        ("A[one (1)<br/>two] --> B", ["one (1)", "two"]),
        ("A[f(x)]; A-->B; B-->C[g(y)];", ["f(x)", "g(y)"]),
        ("subgraph s1 [One (two)]\n  A --> B\n  end", ["One (two)"]),
        ("subgraph One (two)\n  A --> B\n  end", ["One (two)"]),
        ("A -->|calls f(x)| B[g(y)]", ["calls f(x)", "g(y)"]),
        ("A -.->|x (y)| B ==>|z [0]| C", ["x (y)", "z [0]"]),
        ("A(Call f(x)) --> B{is x > 0?}", ["Call f(x)", "is x > 0?"]),
        ("A[(Database (main))] --> B((Circle (x)))", ["Database (main)", "Circle (x)"]),
        ("A[Key: value] --> B[a | b]", ["Key: value", "a | b"]),
        ("A --> end", ["end"]),
        ("A[登录()] --> B[@user]", ["登录()", "@user"]),
        ("A[List<String>] --> B[Map<K, V>]", ["List<String>", "Map<K, V>"]),
        ("A[a(b)] & B[c(d)] --> C{{e(f)}}", ["a(b)", "c(d)", "e(f)"]),
        ("A([start()]) --> B[[sub(x)]] --> C>flag(y)]", ["start()", "sub(x)", "flag(y)"]),
    ],
)
def test_labels_with_signs_are_drawn_as_they_were_written(line, labels):
    drawn = words(f"flowchart LR\n  {line}\n")
    for label in labels:
        assert label.replace(" ", "") in drawn


def test_a_message_with_a_semicolon_is_drawn():
    drawn = words("sequenceDiagram\n  U->>S: POST /login (a); then\n  S-->>U: {json}")
    assert "POST/login(a);then" in drawn and "{json}" in drawn


@pytest.mark.parametrize(
    "source",
    [
        'flowchart LR\n  A["Call (x)"] --> B',
        "flowchart LR\n  A[plain text] -- with words --> B(round)",
        "flowchart TD\n  classDef x fill:#f9f,stroke:#333\n  style A fill:#f9f",
        "flowchart TD\n  %% a comment (x)\n  A[/Input/] --> B",
        "classDiagram\n  class A {\n    +f(x) bool\n  }",
        "stateDiagram-v2\n  [*] --> Idle",
    ],
)
def test_what_is_right_already_stays(source):
    assert repair(source) == source


@pytest.mark.parametrize("piece", ["A[", "A[x] --> ", "a|", "A(([", "--> |x", "A[(b)] "])
def test_repairing_takes_linear_time(piece):
    assert growth(lambda size: repair("graph TD\n" + (piece * size)[:size]), 6_000) < LINEAR


KINDS = {
    "flowchart": "flowchart LR\n  A[Order] --> B{paid?}\n",
    "sequence": "sequenceDiagram\n  U->>S: POST\n  Note over U,S: a note\n",
    "entities": "erDiagram\n  USER {\n    int id\n    string name\n  }\n",
    "pie": 'pie\n  "A" : 40\n  "B" : 60\n',
    "front matter": "---\ntitle: Orders\n---\nflowchart LR\n  A[Order] --> B\n",
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_drawn_dark_has_no_white_surface(kind):
    svg = draw(in_theme("dark", KINDS[kind])).lower()
    assert svg and DARK["primaryTextColor"] in svg
    assert not re.search(r'<(?:rect|polygon|path)[^>]*fill="(?:#fff|#ffffff|white)"', svg)


def test_names_of_classes_are_written_within_their_boxes():
    svg = draw(in_theme("light", "classDiagram\nclass RequestEncodingMixin"))
    style = re.search(r'style="([^"]*)">RequestEncodingMixin<', svg)[1]
    assert "font-size:14px" in style
    assert "font-weight:normal" in style


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_no_line_runs_through_the_name_of_a_call(theme):
    source = "sequenceDiagram\nparticipant a as Flask\na->>a: full_dispatch_request\n"
    svg = draw(in_theme("dark" if theme is DARK else "light", source))
    paper = theme["edgeLabelBackground"]
    assert f".messageText{{fill:{theme['textColor']};stroke:{paper};stroke-width:6px" in svg
    assert "paint-order" not in draw(source)


def test_the_ground_of_an_edges_label_is_wider_than_it_was_measured():
    svg = draw("flowchart LR\n a -->|calls it sometimes| b")
    x, width = map(
        float, re.search(r'labelBkg">\s*<rect x="([\d.]+)" y="\S+" width="([\d.]+)"', svg).groups()
    )
    (middle,) = re.findall(r'<text x="([\d.]+)"[^>]*>calls it sometimes<', svg)
    assert x + width / 2 == pytest.approx(float(middle), abs=0.2)
    assert width > 125  # measured: 107; a wider font needs up to 123


def test_a_theme_adds_a_directive_and_nothing_to_other_sources():
    assert with_colours("flowchart LR") == "flowchart LR"
    assert with_colours(in_theme("dark", "pie")).startswith("%%{init: ")
    assert with_colours(in_theme("dark", "---\na: b\n---\npie")).startswith("---\na: b\n---\n%%{")
