"""Definitions, references and imports in every language that has a grammar or a fallback."""

import pytest

from repos.indexing import parse
from repos.indexing.symbols import ReferenceKind, places
from repos.testing.compiled_samples import COMPILED
from repos.testing.script_samples import SCRIPTS


@pytest.fixture(params=[*COMPILED, *SCRIPTS], ids=lambda sample: sample.path)
def sample(request):
    return request.param


def symbols(sample):
    return parse(sample.path, sample.text).symbols


def test_definitions(sample):
    found = symbols(sample).definitions
    names = [f"{d.kind}:{d.qualified_name}@{d.start}".replace(" ", "_") for d in found]
    assert names == sample.definitions.split()


def test_uses(sample):
    references = symbols(sample).references
    for use in sample.uses.split():
        name, _, kind = use.partition(":")
        assert ReferenceKind[kind] in {kind for _, kind in places(references[name])}, name


def test_imports(sample):
    found = symbols(sample).imports
    assert [(name.module, name.name, name.alias) for name in found] == list(sample.imports)


def test_the_first_line_of_a_comment_says_what_a_definition_is(sample):
    comments = {d.comment for d in symbols(sample).definitions if d.comment}
    if sample.path not in ("a.lua", "a.md"):
        assert comments & {"A list.", "PriceList lists.", "Says it.", "Orders."}
