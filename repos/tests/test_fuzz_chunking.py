"""Chunking of any text in any language: order, coverage, sizes, positions, cost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepwiki.testing.growth import LINEAR, growth
from repos.indexing.chunking import MAX_CHARS, MAX_LINES, chunk, chunk_text
from repos.indexing.languages import SUFFIXES, language_of

pytestmark = pytest.mark.fuzz

PIECES = {
    "python": "def f(x):|class A:|@d|    return|'''|\"\"\"|lambda: 0|async with a as b:|# c|\\",
    "javascript": "function f() {|}|=> {|`${|`|/*|*/|export const a = |class A {|<a b={|/[/]/g|//",
    "typescript": "interface A {|type B<T> = |enum C {|}|declare module 'x' {|as const|abstract|<T,",
    "tsx": "const A = () => <p>|</p>|{|}|<>|</>|function f<T>(|",
    "go": "package a|func (a *B) C() {|}|type D struct {|`|chan<- |//|/*|*/",
    "rust": "fn f<'a>() {|}|impl A for B {|macro_rules! m {|r#\"|\"#|mod a {|'a'|/*|*/|#[a]",
    "java": 'class A {|void f() {|}|@B|interface C {|record D(int a) {|"""|/**|*/|<T>',
    "kotlin": 'fun f() = |class A {|}|object B {|"""|${|val a by lazy {|@C',
    "c": "int f(void) {|}|struct A {|#define B \\|#if 0|#endif|/*|*/|*(*g)(int)|'\\''",
    "cpp": 'template <typename T>|class A : B {|};|namespace c {|R"(|)"|operator()|[=] {|#if 1|~D()',
    "csharp": 'namespace A {|class B {|}|delegate void C();|@"|$"{|#region|#endregion|record D;',
    "ruby": "def f|end|class A|module B|<<~EOS|EOS|%w(|do |x||=begin|=end|#{",
    "php": "<?php|?>|function f() {|}|class A {|<<<X|X;|$a->|namespace B;|#[C]",
    "swift": 'func f() {|}|class A {|protocol B {|"""|\\(|#if|#endif|extension C {|@d',
    "scala": 'object A {|}|def f = |trait B {|s"${|"""|given C with|case class D(|/*',
    "bash": "f() {|}|if [[|fi|<<EOF|EOF|$(|)|`|case a in|esac|'|\"",
    "sql": "CREATE TABLE a (|);|SELECT|$$|--|/*|*/|CREATE FUNCTION f() AS|BEGIN|END;|'",
    "html": "<div>|</div>|<script>|</script>|<!--|-->|<style>|</style>|<a b='|&amp;|<br>",
    "css": 'a {|}|@media (|:root {|/*|*/|"|@import|--x:|;',
    "yaml": "a:|- b|  c: |> |&x|*x|---|...|{|}|[|]|'|\"|? |: ",
    "json": '{|}|[|]|"a":|,|"|1e9|null|\\u00',
    "toml": "[a]|[[b]]|c = 1|\"\"\"|'''|{|}|d.e = |#",
    "markdown": "# A|## B|```|~~~|> |- |1. |[x]: |![|](|<div>|===|---|| a | b ||$$",
    "rst": "====|.. note::|``|::|`a`_|* b",
    "notebook": '{|}|[|]|"cells":|"cell_type": "code"|"source":|"image/png": "|,|"a\\n"',
}
COMMON = ["\n", "\n\n", " ", "    ", "\t", "x", "name_1", "=", "(", ")", "{", "}", "[", "]", ";"]
ODD = ["\x00", "\x0c", "\x1b", "\u2028", "\x85", "\ufeff", "\u202e", "é", "漢字", "🧩", "e\u0301"]
ODD += ["\r", "\ud83d", "a" * 1_399, "b" * 1_400, "c" * 1_401, "word " * 900, "é" * 3_000]
NESTED = ["(" * 300, "[" * 500, "{" * 200, "<a>" * 200, "- " * 100, "> " * 120, " " * 200]
SUFFIX_OF = {language: suffixes[0] for language, suffixes in SUFFIXES.items()}


def texts_of(language):
    own = PIECES.get(language, "")
    pieces = [piece for piece in own.split("|") if piece]
    piece = st.sampled_from([*pieces, *pieces, *COMMON, *ODD, *NESTED])
    return st.lists(piece | st.text(max_size=8), max_size=60).map("".join)


@pytest.mark.parametrize("language", SUFFIXES)
@given(data=st.data())
def test_chunks_of_any_text_are_ordered_small_and_where_they_say(language, data):
    path, text = f"a.{SUFFIX_OF[language]}", data.draw(texts_of(language))
    chunks = chunk(path, text)
    assert_ordered_and_bounded(chunks, language_of(path), text)
    if language != "notebook":
        assert_every_character_is_covered(chunks, text)


@given(
    st.lists(st.text(max_size=3_000) | st.lists(st.text(max_size=80), max_size=90), max_size=4),
    st.sampled_from([None, 0, 1, 2]),
    st.booleans(),
)
def test_a_notebook_of_any_cells_gives_their_text(sources, indent, ascii_only):
    cells = [{"source": s, "cell_type": "code", "outputs": [{"text": "OUT"}]} for s in sources]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=indent, ensure_ascii=ascii_only)
    chunks = chunk("a.ipynb", text)
    assert_ordered_and_bounded(chunks, "notebook", text)
    for number, source in enumerate(sources, 1):
        found = "".join(c.text for c in chunks if c.symbol == f"cell {number}")
        assert characters(found) == characters("".join(source))


@pytest.mark.parametrize("language", SUFFIXES)
def test_cutting_costs_in_proportion_to_the_text(language):
    pieces = [piece for piece in PIECES.get(language, "a|b").split("|") if piece]
    for separator in ("\n", " "):
        unit = separator.join(pieces) + separator
        size = 60_000 // len(unit)
        assert growth(lambda n, u=unit: chunk(f"a.{SUFFIX_OF[language]}", u * n), size) < LINEAR


def assert_ordered_and_bounded(chunks, language, text):
    end = (0, 0)
    for c in chunks:
        assert end <= (c.start, c.start_column)
        end = (c.end, c.end_column or 10**9)
        assert 1 <= c.start <= c.end <= text.count("\n") + 1
        assert (c.start, c.start_column) < end
        assert 0 < len(c.text) <= MAX_CHARS
        assert c.end - c.start < MAX_LINES
        assert len(c.symbol) <= 300
        assert c.text == chunk_text(language, text.split("\n"), c)


def assert_every_character_is_covered(chunks, text):
    assert characters("".join(c.text for c in chunks)) == characters(text)


def characters(text):
    """What must not get lost: all but white space. Half characters are stored as U+FFFD."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(whole.replace("\x00", "\ufffd").split())
