"""Lines too long for a passage: cut inside, found, and shown with their line numbers."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.embedders.fake import FakeEmbedder
from repos.index import vectors
from repos.indexing.chunking import MAX_CHARS, chunk
from repos.models import Chunk, Document
from repos.search import search
from repos.search.files import MAX_HIT_CHARS

LONG_LINE = "words " * 40_000 + "zebra_crossing " + "words " * 20_000


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.txt", LONG_LINE),
        ("a.csv", "id,name\n" + "1,value," * 45_000 + "\n2,x\n"),
        ("a.json", '{"a": [' + "1234, " * 60_000 + "1]}"),
        (
            "a.js",
            "function first() { return 1 }\nvar data='" + "x" * 360_000 + "'\nfunction last() {}",
        ),
        ("a.py", f'def f():\n    """{"docs " * 9_000}"""\n    return 1\n'),
        ("a.md", "# Title\n\n" + "prose " * 60_000),
        ("a.html", "<p>" + "<b>x</b>" * 40_000),
        ("a.lock", "q" * 360_000),
    ],
)
def test_no_passage_is_larger_than_its_limit(path, text):
    chunks = chunk(path, text)
    assert max(len(c.text) for c in chunks) <= MAX_CHARS
    assert "".join("".join(c.text.split()) for c in chunks) == "".join(text.split())
    assert len(chunks) < 2 * len(text) / MAX_CHARS + 10


def test_the_lines_around_a_long_one_keep_their_numbers():
    text = "first\n" + "x" * 5_000 + "\nlast\n"
    chunks = chunk("a.txt", text)
    assert (chunks[0].start, chunks[0].end) == (1, 1)
    assert {(c.start, c.end) for c in chunks[1:-1]} == {(2, 2)}
    assert (chunks[-1].start, chunks[-1].end) == (2, 3)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.rs", "fn a() {}\n" + "\n" * 13 + "# b\n"),
        (
            "a.sql",
            'N\n\n\n\n\n\n\n\n\n\n"\n"\n\n\'' + "\n" * 18 + "'\n\n\n\n'" + "\n" * 21 + "'\n\n\n'",
        ),
        ("a.sh", "(''\"c$(\"\"\"`''<<F" + "\n" * 13 + "$"),
    ],
)
def test_the_lines_before_a_wide_gap_are_not_lost(path, text):
    chunks = chunk(path, text)
    covered = [number for c in chunks for number in range(c.start, c.end + 1)]
    assert covered == sorted(set(covered))
    assert {n for n, line in enumerate(text.split("\n"), 1) if line.strip()} <= set(covered)


def test_a_shell_script_with_characters_of_other_scripts_does_not_end_the_process():
    text = "'éé'f() {\U000cc449ò5qx\x17ý\U00016944\n# 🧩 漢字\n}\n" * 3
    assert "".join(c.text for c in chunk("a.sh", text)).split() == text.split()


@pytest.mark.django_db
def test_a_word_inside_a_long_line_is_found_with_what_stands_around_it(index_folder, tmp_path):
    write_files(tmp_path / "r", {"a.txt": f"one\n{LONG_LINE}\nthree\n"})
    repository = index_folder(tmp_path / "r")
    hit = search([repository.pk], "zebra_crossing", user_id=OPERATOR_ID).passages[0]
    assert "zebra_crossing" in hit.text
    assert len(hit.text) <= MAX_CHARS
    assert (hit.start, hit.end) == (2, 2)


@pytest.mark.django_db
def test_only_the_passage_is_embedded_not_its_whole_line(index_folder, tmp_path):
    write_files(tmp_path / "r", {"a.txt": LONG_LINE})
    index = index_folder(tmp_path / "r").current_index
    pending = vectors.pending_chunks(index, FakeEmbedder("no/vectors yet"), 0, limit=1_000)
    assert len(pending) == index.chunks > 100
    assert max(len(chunk.text) for chunk in pending) < MAX_CHARS + 100


@pytest.mark.django_db
def test_a_passage_of_an_index_made_before_is_shown_in_part(index_folder, tmp_path):
    write_files(tmp_path / "r", {"a.txt": "zebra\n"})
    repository = index_folder(tmp_path / "r")
    Document.objects.update(text="zebra " * 60_000)
    assert Chunk.objects.count() == 1
    hit = search([repository.pk], "zebra", user_id=OPERATOR_ID).passages[0]
    assert len(hit.text) == MAX_HIT_CHARS
