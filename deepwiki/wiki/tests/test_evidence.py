"""An index read as a code base, and the reader that pages get."""

import pytest

from deepwiki.testing.fixtures import write_files
from deepwiki.wiki.evidence import (
    IndexReader,
    index_reader,
    read_code_base,
    read_name_hints,
    read_wiki_settings,
)
from deepwiki.wiki.pages import Symbol
from deepwiki.wiki.plan import LinkKind
from repos import jobs
from repos.access import OPERATOR_ID
from repos.search import take_snapshot

pytestmark = pytest.mark.django_db

FILES = {
    "shop/app.py": "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route('/bill')\ndef bill():\n    return total()\n",
    "shop/cart.py": "from shop.app import bill\n\n\ndef total():\n    return bill()\n",
    "tests/test_cart.py": "from shop.cart import total\n\n\ndef test_total():\n    total()\n",
}


@pytest.fixture
def snapshot(app):
    return take_snapshot(app.pk, OPERATOR_ID)


def test_an_index_becomes_a_code_base(snapshot):
    code = read_code_base(snapshot, "shop")
    assert (code.name, code.commit) == ("shop", snapshot.commit)
    assert set(code.files) == set(FILES)
    assert code.files["tests/test_cart.py"].role == "test"
    assert code.files["shop/app.py"].size == len(FILES["shop/app.py"])
    (link,) = [k for k in code.links if (k.source, k.target) == ("shop/cart.py", "shop/app.py")]
    assert LinkKind.IMPORT | LinkKind.CALL in link.kinds and link.weight > 0
    assert [(a.kind, a.path) for a in code.artifacts] == [("route", "shop/app.py")]


def test_everything_is_read_at_the_commit_of_the_snapshot(app, snapshot, tmp_path):
    reader = IndexReader(snapshot)
    write_files(tmp_path / "app", {"shop/cart.py": "# zebra\ndef quagga():\n    return 1\n"})
    jobs.run(jobs.request(app, start=False)[0].pk)
    assert [d.name for d in reader.outlines(["shop/cart.py"])["shop/cart.py"]] == ["total"]
    assert reader.top_names(["shop/cart.py"], 3) == {"shop/cart.py": ["total"]}
    assert reader.texts(["shop/cart.py"]) == {"shop/cart.py": FILES["shop/cart.py"]}
    (total,) = reader.outlines(["shop/cart.py"])["shop/cart.py"]
    (call,) = reader.calls([total], 5)[total]
    assert (call.line, call.target.path, call.target.name) == (5, "shop/app.py", "bill")
    bill = call.target
    assert [(c.path, c.line, c.name) for c in reader.callers([bill], 5)[bill]] == [
        ("shop/cart.py", 5, "total")
    ]
    links = read_code_base(snapshot, "shop").links
    assert any((k.source, k.target) == ("shop/cart.py", "shop/app.py") for k in links)


def test_a_call_reads_a_bounded_number_of_files(snapshot, monkeypatch):
    monkeypatch.setattr(index_reader, "MAX_FILES", 1)
    reader = IndexReader(snapshot)
    assert list(reader.texts(["shop/cart.py", "shop/app.py"])) == ["shop/cart.py"]
    assert list(reader.outlines(["gone.py", "shop/app.py"])) == []


def test_names_are_counted_by_the_files_that_use_them(snapshot):
    counts = IndexReader(snapshot).use_counts(["bill", "total", "unheard"])
    assert counts["bill"] >= 1 and "unheard" not in counts


def test_what_pages_ask_of_unknown_symbols_is_left_out(snapshot):
    reader = IndexReader(snapshot)
    unknown = Symbol("shop/app.py", "nothing", "nothing", "function", 99, 99)
    assert reader.calls([unknown], 5) == {} and reader.callers([unknown], 5) == {}
    assert reader.outlines(["gone.py"]) == {} and reader.texts(["gone.py"]) == {}


def test_settings_and_headings_come_from_the_indexed_commit(index_folder, tmp_path):
    root = tmp_path / "r"
    files = {
        ".devin/wiki.json": '{"repo_notes": [{"content": "Be short."}]}',
        ".deepwiki/wiki.toml": 'exclude = ["vendor"]\n',
        "shop/README.md": "<img>\n\n# The shop\n",
        "mail/README.rst": "Letters\n=======\n",
        "shop/a.py": "x = 1\n",
    }
    write_files(root, files)
    taken = take_snapshot(index_folder(root).pk, OPERATOR_ID)
    reader = IndexReader(taken)
    settings = read_wiki_settings(reader)
    assert (settings.notes, settings.exclude) == (("Be short.",), ("vendor",))
    hints = read_name_hints(read_code_base(taken, "shop"), reader)
    assert hints.headings == {"shop/README.md": "The shop", "mail/README.rst": "Letters"}
