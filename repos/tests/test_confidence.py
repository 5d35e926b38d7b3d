"""How sure it is what a name means, and in which definition a call stands."""

from dataclasses import dataclass

import pytest

from deepwiki.testing.fixtures import write_files
from repos import graph
from repos.graph import confidence as module
from repos.graph.confidence import Candidates, ReferringFile, confidence
from repos.graph.name_keys import name_key, path_key

INDEX = 7


@dataclass(frozen=True)
class Candidate:
    path: str
    name: str = "save"
    start: int = 1


def sure(candidate, others=(), path="shop/main.py", line=9, **known):
    source = ReferringFile(INDEX, path, **known)
    return confidence(candidate, Candidates.of([candidate, *others]), source, line)


IMPORTS_A = {"imported": frozenset([path_key(INDEX, "lib/a.py")])}
A, B, OWN = Candidate("lib/a.py"), Candidate("lib/b.py"), Candidate("shop/main.py")


def test_a_name_that_the_file_defines_means_its_own():
    assert sure(OWN, [A], **IMPORTS_A) == module.SAME_FILE
    assert sure(OWN, [A], line=1) == 1
    assert sure(A, [OWN], **IMPORTS_A) < module.SHARED / 2


def test_an_imported_file_comes_before_a_near_one_and_that_before_others():
    near = Candidate("shop/b.py")
    assert sure(A, [near, B], **IMPORTS_A) == module.IMPORTED
    assert sure(near, [A, B], **IMPORTS_A) == module.SAME_FOLDER
    assert sure(B, [A, near], **IMPORTS_A) == module.SHARED / 3
    assert sure(B) == module.UNIQUE


def test_a_bound_name_means_the_file_that_it_is_bound_to():
    bindings = {"bindings": {name_key(INDEX, "save"): path_key(INDEX, "lib/b.py")}}
    assert sure(B, [A], **IMPORTS_A, **bindings) == module.BOUND
    assert sure(A, [B], **IMPORTS_A, **bindings) == module.UNLIKELY


@pytest.mark.django_db
def test_a_call_behind_an_inner_definition_is_of_the_outer_one(index_folder, tmp_path):
    text = "def outer():\n    def inner():\n        return 1\n\n    return called(inner)\n\n\ntotal = called(2)\n"
    write_files(tmp_path / "r", {"a.py": text, "b.py": "def called(x):\n    return x\n"})
    index = index_folder(tmp_path / "r").current_index_id
    [definition] = graph.definitions(index, "called")
    found = graph.callers(index, definition)
    assert {(c.definition and c.definition.name, c.lines) for c in found} == {
        ("outer", (5,)),
        (None, (8,)),
    }
