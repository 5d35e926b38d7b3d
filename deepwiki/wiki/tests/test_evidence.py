"""An index read as a code base, and the reader that pages get."""

import pytest

from deepwiki.testing.fixtures import write_files
from deepwiki.wiki.evidence import IndexReader, index_reader, read_code_base
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
    assert reader.top_symbols(["shop/cart.py"], 3)["shop/cart.py"][0].name == "total"
    assert reader.texts(["shop/cart.py"]) == {"shop/cart.py": FILES["shop/cart.py"]}
    assert reader.line_texts({"shop/cart.py": [5]}) == {"shop/cart.py": {5: "    return bill()"}}
    links = read_code_base(snapshot, "shop").links
    assert any((k.source, k.target) == ("shop/cart.py", "shop/app.py") for k in links)


def test_a_call_reads_a_bounded_number_of_files(snapshot, monkeypatch):
    monkeypatch.setattr(index_reader, "MAX_FILES", 1)
    reader = IndexReader(snapshot)
    assert list(reader.texts(["shop/cart.py", "shop/app.py"])) == ["shop/cart.py"]
    assert list(reader.outlines(["gone.py", "shop/app.py"])) == []
