"""Names and identifiers of a file, bounded whatever it holds."""

import pytest

from deepwiki.testing.growth import LINEAR, growth
from repos.indexing import TextChunk, chunk, term_id
from repos.indexing.identifiers import (
    MAX_DEFINED,
    MAX_NAME_CHARS,
    MAX_USED,
    defined_names,
    name_hash,
    name_parts,
    pair_key,
    squash,
    used_identifiers,
)


def symbols(*names):
    return [TextChunk(1, 1, "", names, "")]


def names_of(path, text, role="code"):
    from repos.indexing import language_of

    return defined_names(language_of(path), role, chunk(path, text))


def test_names_are_those_of_definitions_in_code_and_tests():
    text = "class Basket:\n    def add_item(self):\n        pass\n"
    assert names_of("a.py", text) == ["Basket", "add_item"]
    assert names_of("tests/test_a.py", text, "test") == ["Basket", "add_item"]
    assert names_of("examples/a.py", text, "docs") == []
    assert names_of("a.json", '{"basket": 1}') == []
    assert names_of("README.md", "# Basket\n") == []


def test_the_last_name_of_a_qualified_symbol_counts_and_short_ones_do_not():
    found = symbols(
        "ns::Widget", "public.orders", "~Gadget", "$total", "go", "operator+", "9lives", "List<T>"
    )
    assert defined_names("cpp", "code", found) == [
        "Widget",
        "orders",
        "Gadget",
        "total",
        "List",
    ]


def test_identifiers_of_a_text_are_distinct_and_sorted():
    used = used_identifiers("foo_bar(x, FooBar) + foo_bar  # ab\n")
    assert used.tolist() == sorted(map(name_hash, ("foo_bar", "FooBar")))


def test_parts_are_the_terms_that_a_question_has_of_a_name():
    assert name_parts("register_blueprints") == sorted(map(term_id, ("register", "blueprint")))
    assert name_parts("Flask") == [term_id("flask")]
    assert name_parts("___") == [term_id("___")]
    assert squash("test_client") == squash("TestClient") == "testclient"


@pytest.mark.parametrize(
    ("path", "role", "key"),
    [
        ("src/cart.py", "code", "cart"),
        ("tests/test_cart.py", "test", "cart"),
        ("pkg/cart_test.go", "test", "cart"),
        ("src/test/java/CartTest.java", "test", "Cart"),
        ("src/test/java/CartTests.java", "test", "Cart"),
        ("web/cart.test.ts", "test", "cart"),
        ("web/cart.spec.js", "test", "cart"),
        ("src/contest.py", "code", "contest"),
        ("src/__init__.py", "code", ""),
        ("tests/conftest.py", "test", ""),
        ("src/main.go", "code", ""),
        ("docs/cart.md", "docs", ""),
        ("a.py", "code", ""),
        ("x" * 5_000 + ".py", "code", "x" * 100),
    ],
)
def test_a_test_and_its_code_have_one_key(path, role, key):
    assert pair_key(path, role) == key


def test_endless_names_and_generated_files_are_bounded():
    assert defined_names("python", "code", symbols("x" * 10_000, "fine")) == ["fine"]
    assert used_identifiers("x" * 10_000 + " fine").tolist() == [name_hash("fine")]
    assert len("x" * MAX_NAME_CHARS) == MAX_NAME_CHARS
    many = [f"name_{n}" for n in range(50_000)]
    assert len(defined_names("python", "code", symbols(*many))) == MAX_DEFINED
    assert len(used_identifiers(" ".join(many))) <= MAX_USED
    assert len(used_identifiers("same_name " * 1_000_000)) == 1


@pytest.mark.parametrize("piece", ["_", "a", "name ", "name_1.", "é_é", "aA"])
def test_the_cost_of_a_text_is_linear(piece):
    assert growth(lambda size: used_identifiers(piece * size), 400_000) < LINEAR
