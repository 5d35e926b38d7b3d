"""Which files a file is linked to by what it imports, uses and tests, and how strongly."""

import pytest

from repos.graph.edges import MAX_EDGES, MAX_FILES, EdgeKind, LinkedTree, LinkingFile
from repos.graph.name_keys import name_key
from repos.graph.packing import pack
from repos.indexing import language_of, parse
from repos.indexing.modules import PathTable

INDEX = 7


def edges(files, path):
    """The edges of one of the files, given with their texts."""
    symbols = {file: parse(file, text).symbols for file, text in files.items()}
    definers = {}
    for file, found in symbols.items():
        for name in dict.fromkeys(definition.name for definition in found.definitions):
            definers.setdefault(name_key(INDEX, name), []).append(file)
    imports = {file: (language_of(file), found.imports) for file, found in symbols.items()}
    own = symbols[path]
    source = LinkingFile(
        1,
        path,
        language_of(path),
        "test" if path.startswith("tests/") else "code",
        [name_key(INDEX, name) for name in own.references],
        list(map(pack, own.references.values())),
        own.imports,
    )
    return LinkedTree(INDEX, PathTable(files), definers, imports).edges_of(source)


def kinds(files, path):
    return dict(edges(files, path).kinds)


def test_a_name_that_is_imported_from_one_file_is_not_that_of_another_import():
    files = {
        "main.py": "from a import save\nimport b\n\nsave(b)\n",
        "a.py": "def save(x): pass\n",
        "b.py": "def save(x): pass\n",
    }
    assert kinds(files, "main.py") == {
        "a.py": EdgeKind.IMPORT | EdgeKind.CALL,
        "b.py": EdgeKind.IMPORT,
    }


def test_no_file_is_linked_to_itself():
    files = {"a.py": "from b import save\ndef save(): pass\n", "b.py": "from a import save\n"}
    assert kinds(files, "a.py") == {"b.py": EdgeKind.IMPORT}


@pytest.mark.parametrize(("number", "linked"), [(MAX_FILES, MAX_FILES), (MAX_FILES + 1, 0)])
def test_a_name_that_many_files_define_says_nothing(number, linked):
    files = {f"p{n}/a.py": "def save(): pass\n" for n in range(number)}
    found = edges(files | {"main.py": "save()\n"}, "main.py")
    assert len(found.weights) == linked
    assert all(weight < 1 for weight in found.weights.values())


def test_of_files_that_define_a_name_those_of_the_same_folder_are_meant():
    files = {f"{folder}/a.py": "def save(): pass\n" for folder in ("shop", "other")}
    assert kinds(files | {"shop/main.py": "save()\n"}, "shop/main.py") == {
        "shop/a.py": EdgeKind.CALL
    }
    assert kinds(files | {"main.py": "save()\n"}, "main.py") == dict.fromkeys(files, EdgeKind.CALL)


def test_a_test_that_uses_nothing_is_of_the_only_file_of_its_name():
    files = {"shop/bill.py": "def bill(): pass\n", "tests/test_bill.py": "assert 1\n"}
    assert kinds(files, "tests/test_bill.py") == {"shop/bill.py": EdgeKind.TEST}
    several = files | {"other/bill.py": "x = 1\n"}
    assert kinds(several, "tests/test_bill.py") == {}


def test_a_file_has_a_bounded_number_of_edges_the_strongest():
    files = {f"m{n}.py": f"def name_{n}(): pass\n" for n in range(MAX_EDGES + 50)}
    calls = "".join(f"name_{n}()\n" for n in range(len(files))) + "\nname_240()\n" * 3
    found = edges(files | {"sub/main.py": calls}, "sub/main.py")
    assert len(found.weights) == len(files)
    strongest = found.strongest()
    assert len(strongest) == MAX_EDGES and strongest[0][0] == "m240.py"
    weights = [weight for _, _, weight in strongest]
    assert weights == sorted(weights, reverse=True)
