"""Names, identifiers and links of random text: bounded, and the same after an update as at once."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repos.indexing import TextChunk
from repos.indexing.identifiers import (
    MAX_NAME_CHARS,
    defined_names,
    name_hash,
    name_parts,
    pair_key,
    squash,
    used_identifiers,
)
from repos.search.question_names import (
    MAX_IDENTIFIERS,
    MAX_WORDS,
    identifiers,
    word_runs,
)

pytestmark = pytest.mark.fuzz

CODE_LIKE = st.text(
    alphabet=string.ascii_letters + string.digits + "_ .:()`#é蓝\n\ud800", max_size=400
)
TEXTS = st.one_of(st.text(max_size=400), CODE_LIKE)
NAMES = st.one_of(st.text(max_size=120), st.from_regex(r"[A-Za-z_]\w{0,40}", fullmatch=True))
PATHS = st.lists(NAMES.filter(bool), min_size=1, max_size=4).map("/".join)


@given(st.lists(NAMES, max_size=20))
def test_names_of_any_symbols_can_be_stored_and_read_back(symbols):
    names = defined_names("cpp", "code", [TextChunk(1, 1, "", tuple(symbols), "")])
    assert " ".join(names).split(" ") == (names or [""])
    for name in names:
        assert 3 <= len(name) <= MAX_NAME_CHARS
        assert name_parts(name)
        assert all(0 < part < 1 << 32 for part in name_parts(name))
        assert name_hash(name) in used_identifiers(name).tolist()
        assert len(squash(name)) <= MAX_NAME_CHARS


@given(TEXTS)
def test_identifiers_of_any_text_are_sorted_and_distinct(text):
    used = used_identifiers(text).tolist()
    assert used == sorted(set(used))


@given(TEXTS)
def test_names_in_any_question_are_few_and_can_be_stored(question):
    assert len(identifiers(question)) <= MAX_IDENTIFIERS
    assert len(word_runs(question)) <= 3 * MAX_WORDS
    for name in (*identifiers(question), *word_runs(question)):
        name.encode("utf-8")
        assert "\0" not in name


@given(PATHS, st.sampled_from(["code", "test", "docs"]))
def test_a_pair_key_of_any_path_fits_its_column(path, role):
    assert len(pair_key(path, role)) <= 100
