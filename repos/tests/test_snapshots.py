"""An answer that began before an update reads the commit that it began with, by every reader."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos import graph, jobs
from repos.access import OPERATOR_ID
from repos.models import Index, IndexJob, Repository
from repos.search import (
    Filters,
    SearchOptions,
    file_texts,
    find_files,
    line_texts,
    list_folder,
    read_file,
    search,
    snapshot_line_counts,
    statement,
    take_snapshot,
)
from repos.search.grep import GrepOptions, grep

pytestmark = pytest.mark.django_db
OTHERS = {f"other/m{n}.py": f"def other_{n}():\n    return {n}\n" for n in range(6)}
FILES = {
    "shop/prices.py": "def discounted(amount):\n    return rounded(amount) - 1\n",
    "shop/bill.py": "from shop.prices import discounted\n\n\ndef bill():\n    return discounted(9)\n",
    "shop/gone.py": "def zebra():\n    return discounted(0)\n",
    "shop/rounds.py": "def rounded(amount):\n    return amount\n",
    "tests/test_prices.py": "from shop.prices import discounted\n\ndiscounted(3)\n",
    **OTHERS,
}
# Other lines, other calls; two files go, another comes.
CHANGES = {
    "shop/prices.py": "# Moved.\n\n\ndef discounted(amount):\n    return zebra(amount)\n",
    "shop/fresh.py": "def zebra():\n    return discounted(7)\n",
}


REMOVED = ("shop/gone.py", "tests/test_prices.py")


@pytest.fixture
def root(tmp_path):
    write_files(tmp_path / "shop", FILES)
    return tmp_path / "shop"


@pytest.fixture
def shop(index_folder, root):
    return index_folder(root)


def update(repository, *, force=False):
    job = jobs.run(jobs.request(repository, start=False, force=force)[0].pk)
    assert job.state == IndexJob.State.DONE, job.error
    return Repository.objects.select_related("current_index").get(pk=repository.pk)


def change(root, changes=CHANGES, removed=REMOVED):
    write_files(root, changes)
    for path in removed:
        (root / path).unlink(missing_ok=True)


def hits(snapshot, question="discounted zebra rounded", **options):
    result = search([snapshot], question, user_id=OPERATOR_ID, options=SearchOptions(**options))
    found = {(p.path, p.start, p.end, p.text, p.commit, p.named) for p in result.passages}
    return result.mode, sorted(found)


def matched_lines(snapshot, pattern="discounted|zebra", **options):
    result = grep([snapshot], pattern, user_id=OPERATOR_ID, options=GrepOptions(**options))
    return [
        (f.path, f.commit, [(line.number, line.text) for line in f.lines]) for f in result.files
    ]


def file_text(snapshot, path):
    document = read_file(snapshot, path, OPERATOR_ID)
    return document and document.text


def at(snapshot):
    return {"at": snapshot.generation}


def definition_of(snapshot, name):
    return graph.definitions(snapshot.index_id, name, **at(snapshot))[0]


def called(snapshot):
    found = graph.callees(snapshot.index_id, definition_of(snapshot, "discounted"), **at(snapshot))
    return [(c.name, c.lines, [(d.path, d.start) for d in c.definitions]) for c in found]


def calling(snapshot):
    found = graph.callers(snapshot.index_id, definition_of(snapshot, "discounted"), **at(snapshot))
    return sorted((c.path, c.lines, c.definition and c.definition.start) for c in found)


def used(snapshot):
    found = graph.references(snapshot.index_id, "discounted", **at(snapshot))
    return found.total, [(f.path, [place.line for place in f.places]) for f in found.files]


def linked(links):
    return [(edge.path, edge.kinds) for edge in (*links.outgoing, *links.incoming)]


READERS = {
    "search": hits,
    "search by words": lambda s: hits(s, hybrid=False),
    "search by meaning alone": lambda s: hits(s, "unheard"),
    "search for a name": lambda s: hits(s, "shop/prices.py discounted()"),
    "search with filters": lambda s: hits(s, filters=Filters(included_files=("shop/",))),
    "search pattern": matched_lines,
    "search pattern in all": lambda s: matched_lines(s, "."),
    "search pattern in definitions": lambda s: matched_lines(s, "d", symbols=("zebra",)),
    "search pattern with filters": lambda s: matched_lines(
        s, filters=Filters(excluded_files=("other/",))
    ),
    "changed file": lambda s: file_text(s, "shop/prices.py"),
    "removed file": lambda s: file_text(s, "shop/gone.py"),
    "added file": lambda s: file_text(s, "shop/fresh.py"),
    "folder": lambda s: [(e.name, e.lines) for e in list_folder(s, "shop/").entries],
    "file finder": lambda s: [f.path for f in find_files(s, "shop")],
    "line counts": lambda s: snapshot_line_counts(s.index_id, s.generation),
    "line texts": lambda s: line_texts(s.index_id, {"shop/prices.py": [1, 4]}, **at(s)),
    "outline": lambda s: graph.outline(s.index_id, "shop/prices.py", **at(s)),
    "definitions": lambda s: graph.definitions(s.index_id, "zebra", **at(s)),
    "definitions for a file": lambda s: graph.definitions(
        s.index_id, "discounted", from_path="shop/bill.py", line=5, **at(s)
    ),
    "references": used,
    "callers": calling,
    "callees": called,
    "hover": lambda s: graph.hover(s.index_id, "shop/prices.py", 2, column=12, **at(s)),
    "whole graph": lambda s: (
        sorted(f.path for f in graph.whole_graph(s.index_id, **at(s)).files),
        sorted((k.source, k.target, k.kinds) for k in graph.whole_graph(s.index_id, **at(s)).links),
    ),
    "file texts": lambda s: file_texts(s.index_id, ["shop/prices.py"], **at(s)),
    "map": lambda s: [file.text for file in graph.repository_map(s.index_id, 2_000, **at(s))],
    "symbols": lambda s: graph.top_symbols(s.index_id, ["shop/prices.py"], 3, **at(s)),
    "links of a file": lambda s: linked(graph.file_edges(s.index_id, "shop/rounds.py", **at(s))),
    "tests of a file": lambda s: graph.tests_of(s.index_id, "shop/prices.py", **at(s)),
    "name at": lambda s: graph.name_at(s.index_id, "shop/prices.py", 2, 12, **at(s)),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_goes_on_at_its_commit_after_an_update(shop, root, reader):
    read = READERS[reader]
    snapshot = take_snapshot(shop.pk, OPERATOR_ID)
    before = read(snapshot)
    change(root)
    index = update(shop).current_index
    assert (index.pk, index.generation) == (snapshot.index_id, snapshot.generation + 1)
    assert read(snapshot) == before
    assert read(take_snapshot(shop.pk, OPERATOR_ID)) != before


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_goes_on_at_its_commit_after_a_rebuild(shop, root, reader):
    read = READERS[reader]
    snapshot = take_snapshot(shop.pk, OPERATOR_ID)
    before = read(snapshot)
    change(root)
    assert update(shop, force=True).current_index_id != snapshot.index_id
    assert read(snapshot) == before
    assert read(take_snapshot(shop.pk, OPERATOR_ID)) != before


@pytest.mark.parametrize("reader", READERS)
def test_two_updates_in_a_row_leave_three_states_to_three_answers(shop, root, reader):
    read = READERS[reader]
    snapshots, results = [], []
    for changes in ({}, CHANGES, {"shop/prices.py": "# zebra\n" + FILES["shop/prices.py"]}):
        change(root, changes, removed=REMOVED if changes else ())
        update(shop)
        snapshots.append(take_snapshot(shop.pk, OPERATOR_ID))
        results.append(read(snapshots[-1]))
    assert [snapshot.generation for snapshot in snapshots] == [0, 1, 2]
    assert [read(snapshot) for snapshot in snapshots] == results


def test_an_index_of_a_former_format_is_read_on_when_it_is_built_anew(shop, root):
    Index.objects.update(format=2)
    snapshot = take_snapshot(shop.pk, OPERATOR_ID)
    before = [read(snapshot) for read in READERS.values()]
    change(root)
    assert update(shop).current_index_id != snapshot.index_id
    assert [read(snapshot) for read in READERS.values()] == before


def test_the_live_state_has_nothing_of_what_was_replaced(shop, root):
    take_snapshot(shop.pk, OPERATOR_ID)
    change(root)
    index = update(shop).current_index
    assert index.files == len(FILES) - 1
    assert {p.path for p in search([shop.pk], "zebra", user_id=OPERATOR_ID).passages} >= {
        "shop/fresh.py"
    }
    found = search([shop.pk], "discounted zebra", user_id=OPERATOR_ID).passages
    assert "shop/gone.py" not in {passage.path for passage in found}
    assert not any("rounded" in passage.text for passage in found if "prices" in passage.path)
    assert "shop/gone.py" not in {f.path for f in grep([shop.pk], ".", user_id=OPERATOR_ID).files}
    assert [d.path for d in graph.definitions(index.pk, "zebra")] == ["shop/fresh.py"]
    assert list_folder(index, "shop/").entries[1].name == "fresh.py"


def test_retired_chunks_take_no_place_of_live_ones_among_the_nearest(shop, root, monkeypatch):
    snapshot = take_snapshot(shop.pk, OPERATOR_ID)
    change(root)
    update(shop)
    monkeypatch.setattr(statement, "CANDIDATES", 2)
    question = "shop/gone.py zebra return discounted 0"
    for target, path in ((shop.pk, "shop/fresh.py"), (snapshot, "shop/gone.py")):
        found = search([target], question, user_id=OPERATOR_ID).passages
        near = [passage.path for passage in found if passage.cosine is not None]
        assert (len(near), near[0]) == (2, path)


def test_words_of_newer_chunks_take_no_place_in_a_snapshot(shop, root, monkeypatch):
    snapshot = take_snapshot(shop.pk, OPERATOR_ID)
    change(root, {"shop/fresh.py": "def zebra():\n    return zebra(zebra, zebra)\n"})
    shop = update(shop)
    monkeypatch.setattr(statement, "CANDIDATES", 1)
    for target, path in ((shop.pk, "shop/fresh.py"), (snapshot, "shop/gone.py")):
        found = search(
            [target], "zebra", user_id=OPERATOR_ID, options=SearchOptions(hybrid=False)
        ).passages
        assert [passage.path for passage in found if passage.words] == [path]


def test_a_snapshot_and_a_repository_are_searched_together(shop, root, index_folder, tmp_path):
    write_files(tmp_path / "second", {"b.py": "def discounted():\n    return 'second'\n"})
    second = index_folder(tmp_path / "second")
    snapshot = take_snapshot(shop.pk, OPERATOR_ID)
    change(root)
    update(shop)
    # The repository itself beside a snapshot of it is read at the snapshot.
    found = search([snapshot, second.pk, shop.pk], "discounted", user_id=OPERATOR_ID).passages
    assert {p.repository_id for p in found} == {shop.pk, second.pk}
    files = {p.path: p for p in found}
    assert files["shop/gone.py"].commit == snapshot.commit
    assert "shop/fresh.py" not in files
