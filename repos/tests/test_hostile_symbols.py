"""Files that nobody wrote by hand: symbols stay bounded in number, size and time."""

import pytest

from deepwiki.testing.fixtures import write_files
from deepwiki.testing.growth import LINEAR, growth
from repos import graph
from repos.indexing import parse
from repos.indexing.symbols import MAX_NAME_CHARS, extraction, references
from repos.indexing.symbols.types import MAX_COMMENT_CHARS, MAX_IMPORTS, MAX_SIGNATURE_CHARS

FEW = 2_000  # kept here, of what is kept of a file otherwise: that takes nine seconds


def symbols(text, path="a.py"):
    return parse(path, text).symbols


def test_generated_code_of_more_symbols_than_are_kept(monkeypatch):
    monkeypatch.setattr(extraction, "MAX_SYMBOLS", FEW)
    found = symbols("".join(f"x{n} = {n}\n" for n in range(FEW + 10)))
    assert len(found.definitions) == FEW
    assert found.left_out == 10


def test_more_uses_than_are_kept(monkeypatch):
    monkeypatch.setattr(references, "MAX_REFERENCES", FEW)
    found = symbols("f(\n" + "a,\n" * (FEW + 10) + ")\n")
    assert sum(map(len, found.references.values())) == FEW
    assert found.left_out >= 10


def test_more_imports_than_are_kept():
    found = symbols("".join(f"import a{n}\n" for n in range(MAX_IMPORTS + 10)))
    assert len(found.imports) == MAX_IMPORTS
    assert found.left_out == 10


def test_names_that_are_too_long_are_left_out_and_counted():
    long_name = "n" * 10_000
    found = symbols(
        f"def {long_name}(): pass\n{long_name}()\nimport {long_name}\ndef short(): pass\n"
    )
    assert [d.name for d in found.definitions] == ["short"]
    assert all(len(name) <= MAX_NAME_CHARS for name in found.references)
    assert found.left_out >= 2


@pytest.mark.django_db
def test_what_was_left_out_of_a_file_is_known_in_its_index(index_folder, tmp_path):
    write_files(tmp_path / "r", {"a.py": f"def {'n' * 999}(): pass\n", "b.py": "def f(): pass\n"})
    index = index_folder(tmp_path / "r").current_index_id
    assert graph.completeness(index, "a.py").left_out >= 1
    assert graph.completeness(index, "b.py") == graph.completeness(index, "no.py")
    assert graph.completeness(index, "b.py") == graph.Completeness()


def test_heads_and_comments_are_cut():
    arguments = ", ".join(f"a{n}" for n in range(5_000))
    (found,) = symbols(f'def f({arguments}):\n    """{"x" * 50_000}"""\n').definitions
    assert len(found.signature) <= MAX_SIGNATURE_CHARS
    assert len(found.comment) <= MAX_COMMENT_CHARS


@pytest.mark.parametrize(
    "path", ["a.py", "a.ts", "a.rs", "A.java", "a.c", "a.rb", "a.sh", "a.lua", "a.md"]
)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\x00" * 50,
        "class " * 2_000,
        "(" * 3_000,
        "def f():\n  " * 300,
        "x." * 20_000 + "y",
        "'" * 999,
        "é\ud83d🧩 = ñ(ü)\n" * 50,
        "function a() {" * 390,
    ],
    ids=[
        "empty",
        "line",
        "nul",
        "classes",
        "brackets",
        "defs",
        "members",
        "quotes",
        "letters",
        "nested",
    ],
)
def test_no_content_raises(path, text):
    found = symbols(text, path)
    assert all(1 <= d.start <= d.end <= text.count("\n") + 1 for d in found.definitions)


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n def f(self): return g(self.x)\n",
        "from a import b as c\n",
        "# comment\n",
        "x = {'a': lambda y: z(y)}\n",
        "@d\n",
    ],
    ids=["classes", "imports", "comments", "lambdas", "decorators"],
)
def test_the_cost_is_linear(text):
    assert growth(lambda size: symbols(text * size), 1_000) < LINEAR


def test_a_deep_chain_of_definitions_is_linear():
    assert growth(lambda size: symbols("class A { " * size + "}" * size, "a.js"), 380) < LINEAR


def test_a_chain_of_names_is_linear():
    assert growth(lambda size: symbols("x." * size + "y"), 8_000) < LINEAR


def test_a_long_block_of_comments_before_each_definition_is_linear():
    text = "# line\n" * 50 + "def f(): pass\n"
    assert growth(lambda size: symbols(text * size), 100) < LINEAR


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", "func f() {}\n"),
        ("A.cs", "class A { void f() { } }\n"),
        ("a.js", "function f() {}\n"),
        ("A.java", "class f {}\n"),
        ("a.rs", "fn f() {}\n"),
        ("a.php", "<?php\nfunction f() {}\n"),
    ],
)
def test_a_definition_with_an_empty_body(path, text):
    assert "f" in {d.name for d in symbols(text, path).definitions}
