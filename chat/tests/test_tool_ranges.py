"""Which lines a call of `read_file` means, however they are given."""

import pytest
from asgiref.sync import async_to_sync

from chat.testing.tool_calls import call, lines_of

pytestmark = pytest.mark.django_db(transaction=True)
FILES = {"a.py": "".join(f"line_{n} = {n}\n" for n in range(1, 10))}  # and an empty tenth line


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ({"path": "a.py", "start": -5, "end": 2}, (1, 2)),
        ({"path": "a.py", "start": 0}, (1, 10)),
        ({"path": "a.py", "start": 9, "end": 900}, (9, 10)),
        ({"path": "a.py:L2-L3"}, (2, 3)),
        ({"path": "a.py:L2-L3", "end": 5}, (1, 5)),
        ({"path": "a.py:L2-L3", "start": 4}, (4, 10)),
    ],
)
def test_lines_outside_the_file_are_moved_into_it_and_arguments_win_over_those_of_the_path(
    box, arguments, lines
):
    result = async_to_sync(call)(box, "read_file", **arguments)
    assert lines_of(result) == [("a.py", *lines)]
    assert f"a.py lines {lines[0]}-{lines[1]} of 10" in result.text
    assert f"\n{lines[0]}: line_{lines[0]} = {lines[0]}\n" in result.text


@pytest.mark.parametrize(("end", "is_end"), [(9, False), (10, True)])
def test_only_the_last_line_is_told_as_the_end_of_the_file(box, end, is_end):
    result = async_to_sync(call)(box, "read_file", path="a.py", start=3, end=end)
    assert ("the end of the file" in result.text) is is_end
