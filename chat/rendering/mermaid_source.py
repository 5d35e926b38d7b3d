"""Mermaid as models write it, made into what the renderer reads.

Labels with brackets, quotes, slashes or angle brackets must stand in quotation marks,
which models leave out: `A[Call login()]` becomes `A["Call login()"]`.
https://mermaid.js.org/syntax/flowchart.html#special-characters-that-break-syntax
"""

from __future__ import annotations

import re

MAX_LABEL_CHARS = 400
FLOWCHART = re.compile(
    r"\s*(?:---\n.*?\n---\s*)?(?:%%[^\n]*\n\s*)*(?:flowchart|graph)\b", re.DOTALL
)
SEQUENCE = re.compile(r"\s*(?:%%[^\n]*\n\s*)*sequenceDiagram\b")
STATEMENT = re.compile(
    r"\s*(?:%%|classDef|class|style|linkStyle|click|direction|accTitle|accDescr)\b|\s*%%"
)
SUBGRAPH = re.compile(r"(\s*subgraph\s+)([\w-]+)\s*\[(.*)\]\s*;?\s*$")
NODE = re.compile(
    r"(?<![\w.\-=|\"])(\w+(?:[.-]\w+){0,20})(\(\(\(|\(\[|\(\(|\[\[|\[\(|\[/|\[\\|\{\{|\[|\(|\{|>)"
)
CLOSINGS = {
    "(((": [")))"],
    "([": ["])"],
    "((": ["))"],
    "[[": ["]]"],
    "[(": [")]"],
    "[/": ["/]", "\\]"],
    "[\\": ["\\]", "/]"],
    "{{": ["}}"],
    "[": ["]"],
    "(": [")"],
    "{": ["}"],
    ">": ["]"],
}
# What may follow a node: the end of a statement, another node, a class, a link.
BEHIND_NODE = re.compile(r"\s*(?:$|;|&|:::|@\{|<?[-=.~]{2,}|<-|[ox]--|--)")
EDGE_LABEL = re.compile(r"(?<=[-=.>xo~])(\s*)\|([^|\n]{1,400})\|")
END_NODE = re.compile(r"(?<=[->=&] )end(?=\s*(?:$|;|&|-|=))")
SPECIAL = re.compile(r"""[^\w\s.,!?+*'=-]""")


def repair(source: str) -> str:
    """A diagram's source with the labels of a flowchart in quotation marks."""
    if FLOWCHART.match(source):
        return "\n".join(map(_repair_line, source.split("\n")))
    if SEQUENCE.match(source):
        return "\n".join(map(_repair_message, source.split("\n")))
    return source


def _repair_line(line: str) -> str:
    if STATEMENT.match(line):
        return line
    subgraph = SUBGRAPH.match(line)
    if subgraph:
        return f"{subgraph[1]}{subgraph[2]} [{_quoted(subgraph[3])}]"
    if line.strip().startswith("subgraph"):
        return line
    return _split_statements(_repair_nodes(END_NODE.sub('end_["end"]', line)))


def _split_statements(line: str) -> str:
    """Statements that semicolons separate, on lines of their own."""
    pieces = line.split('"')
    pieces[::2] = [piece.replace(";", "\n") for piece in pieces[::2]]
    return '"'.join(pieces).rstrip("\n")


def _repair_nodes(line: str) -> str:
    """The line with the labels of its nodes, and of the links between them, quoted."""
    pieces = []
    position = 0
    for link in EDGE_LABEL.finditer(line):
        pieces.append(_quote_nodes(line[position : link.start()]))
        pieces.append(f"{link[1]}|{_quoted(link[2])}|")
        position = link.end()
    pieces.append(_quote_nodes(line[position:]))
    return "".join(pieces)


def _quote_nodes(text: str) -> str:
    pieces = []
    position = 0
    while node := NODE.search(text, position):
        shape = _shape(text, node)
        if shape is None:
            pieces.append(text[position : node.end()])
            position = node.end()
            continue
        opening, end, closing = shape
        label = text[node.end(1) + len(opening) : end]
        pieces.append(f"{text[position : node.end(1)]}{opening}{_quoted(label)}{closing}")
        position = end + len(closing)
    return "".join([*pieces, text[position:]])


def _shape(line: str, node: re.Match[str]) -> tuple[str, int, str] | None:
    """Opening bracket, end of the label and closing bracket of a node; None if it has none.

    Of several shapes that begin alike, the first that is closed: `[/api/users]` is a
    rectangle with a slash.
    """
    start = node.end(1)
    openings = [node[2], node[2][:2], node[2][:1]]
    for opening in dict.fromkeys(openings):
        for closing in CLOSINGS.get(opening, ()):
            end = _label_end(line, start + len(opening), closing)
            label = line[start + len(opening) : end]
            is_path = closing in ("/]", "\\]") and ("/" in label or "\\" in label)
            if end > 0 and not is_path:
                return opening, end, closing
    return None


def _label_end(line: str, start: int, closing: str) -> int:
    """Where the closing bracket stands: the first one behind which a node can end."""
    position = line.find(closing, start, start + MAX_LABEL_CHARS)
    while position >= 0:
        if BEHIND_NODE.match(line, position + len(closing)):
            return position
        position = line.find(closing, position + 1, start + MAX_LABEL_CHARS)
    return -1


def _quoted(label: str) -> str:
    """A label in quotation marks, if it has characters that need them."""
    text = label.strip()
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    if text.startswith('"`') or not (is_quoted or SPECIAL.search(text)):
        return label
    if is_quoted:
        text = text[1:-1]
    text = text.replace("\\n", "<br/>").replace('"', "#quot;")
    return f'"{_escape_angles(text)}"'


def _escape_angles(text: str) -> str:
    """Angle brackets of type parameters as entities, tags left as they are."""
    pieces = re.split(r"(</?(?:br|b|i|u|em|strong|sub|sup)\s*/?>)", text, flags=re.IGNORECASE)
    pieces[::2] = [piece.replace("<", "#lt;").replace(">", "#gt;") for piece in pieces[::2]]
    return "".join(pieces)


def _repair_message(line: str) -> str:
    """A message of a sequence diagram: a semicolon would end it."""
    head, colon, text = line.partition(":")
    body = re.sub(r";(?=.*\S)", "#59;", text)
    return head + colon + body
