"""What a call gives of all there is: the share of each passage, the next page, one folder alone."""

import uuid

import pytest
from asgiref.sync import async_to_sync

from chat.core.prompt import PromptPassage
from chat.testing.tool_calls import call
from chat.tools.results import MAX_BODY_CHARS
from chat.tools.search_code import MAX_PASSAGES, WrittenHits
from repos.search import SearchHit

FILES = {
    **{f"lib/x{n}.py": f"def winnow_{n}():\n    return 'chaff {n}'\n" for n in range(30)},
    "library/other.py": "x = 1\n",
}


class Shelf:
    """A repository that shows paths as they are."""

    def shown_path(self, path):
        return path

    def passage(self, path, start, end):
        return PromptPassage(path, start, end, "")


def hit(path, lines=3_000):
    text = "".join(f"line {n} of it\n" for n in range(1, lines + 1))
    known = {"repository_id": uuid.UUID(int=1), "commit": "c0ffee", "document_id": 1}
    about = {"language": "python", "role": "code", "symbol": "", "words": 1.0, "cosine": None}
    place = {"path": path, "start": 1, "end": lines, "text": text}
    return SearchHit(
        **known, **about, **place, named=False, score=1.0, start_column=0, end_column=0
    )


def written(*hits):
    found = WrittenHits(Shelf())
    found.add(hits)
    return found


def test_a_long_passage_leaves_room_for_those_after_it():
    found = written(*(hit(f"{name}.py") for name in "abcd"))
    assert [passage.path for passage in found.passages[:3]] == ["a.py", "b.py", "c.py"]
    assert all(passage.end > 50 for passage in found.passages[:3])
    assert len(found.body.text) <= MAX_BODY_CHARS


def test_a_long_path_has_room_above_its_lines():
    path = "a" * 900 + ".py"
    found = written(hit(path))
    assert found.passages[0].end > 300
    assert f"{path}:L1-L{found.passages[0].end}" in found.body.text
    assert f"\n{found.passages[0].end}: line" in found.body.text


@pytest.mark.django_db(transaction=True)
def test_a_full_page_says_that_there_is_another(box):
    first = async_to_sync(call)(box, "search_code", query="winnow chaff")
    assert len(first.passages) == MAX_PASSAGES
    assert "call search_code with page=2" in first.text
    second = async_to_sync(call)(box, "search_code", query="winnow chaff", page=2)
    assert "page=3" not in second.text


@pytest.mark.django_db(transaction=True)
def test_a_folder_is_not_another_whose_name_begins_with_its(box):
    assert "other.py" not in async_to_sync(call)(box, "list_files", path="lib").text
    assert "other.py" in async_to_sync(call)(box, "list_files", path="library").text
