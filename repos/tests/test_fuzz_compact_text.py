"""Compact texts of anything: bounded, and made of what stands in the chunk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repos.indexing.compact_text import DOCS_CHARS, MAX_CHARS, MAX_HEAD_CHARS, compact_text

pytestmark = pytest.mark.fuzz

LINES = st.sampled_from(
    [
        "def f(",
        "class A:",
        '    """',
        '"""One."""',
        "'",
        "// said",
        "/**",
        " */",
        "@d",
        "    }",
        "x = () =>",
        "void f(int a) {",
        "create table t (",
        "pub(crate) " * 9 + "fn f()",
        "",
    ]
)
TEXTS = st.lists(LINES | st.text(max_size=200), max_size=40).map("\n".join)


@given(path=st.text(max_size=400), symbol=st.text(max_size=300), text=TEXTS, docs=st.booleans())
def test_a_compact_text_is_bounded_and_made_of_the_chunk(path, symbol, text, docs):
    compact = compact_text(path, symbol, "docs" if docs else "code", text)
    assert len(compact) <= max(MAX_CHARS, MAX_HEAD_CHARS + 1 + DOCS_CHARS)
    head = f"{path} {symbol}".strip()[-MAX_HEAD_CHARS:]
    assert compact.startswith(head)
    for part in compact[len(head) :].split("\n"):
        assert part.strip() in text
