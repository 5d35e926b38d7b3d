"""Whatever an answer holds, its rendering is bounded: in time, in size, and nothing gets lost."""

import string

import pytest

from chat.rendering import cpu_limit, diagrams, highlighting, markdown, parser, service
from chat.rendering.cpu_limit import CpuLimitExceeded
from chat.rendering.notes import NOT_DRAWN, NOTES, TOO_COMPLEX
from chat.rendering.rules import environment
from chat.testing.hostile_texts import HOSTILE
from deepwiki.testing.growth import LINEAR, growth

ANSWER = 24_000
SECONDS = service.TEXT_SECONDS
UNBOUNDED = 60.0  # seconds: so that the growth itself is seen
DRAWN = [name for name in HOSTILE if name in ("a kanban board", "all to all", "many diagrams")]
LEXED = [name for name in HOSTILE if name.startswith("a fence of ")]


def rendered(text, seconds=SECONDS):
    return markdown.render_blocks(text, environment(None), seconds)


def html(text, seconds=SECONDS):
    return "".join(block.html for block in rendered(text, seconds))


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - set(DRAWN) - set(LEXED)))
def test_the_cost_of_hostile_markdown_is_linear(name):
    text = HOSTILE[name]
    assert growth(lambda size: rendered(text(size), UNBOUNDED), 6_000) < LINEAR


@pytest.mark.parametrize("mark", string.punctuation)
def test_the_cost_of_one_punctuation_mark_again_and_again_is_linear(mark):
    for piece in (mark, mark + "a", f"a{mark}\n"):
        text = piece * (3_000 // len(piece))
        cost = growth(lambda size, text=text: rendered(text[:size], UNBOUNDED), len(text))
        assert cost < LINEAR, repr(piece)


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_whole_answer_of_hostile_text_ends_within_its_bounds(name):
    with cpu_limit.cpu_limit(SECONDS + 2):
        result = html(HOSTILE[name](ANSWER))
    assert len(result) <= markdown.MAX_HTML_CHARS + 6 * ANSWER


def test_what_is_past_the_bound_is_shown_as_plain_text_and_says_so():
    text = "# First\n\nsecond *word*\n\nthird <b>"
    result = html(text, seconds=0)
    assert NOTES[TOO_COMPLEX] in result
    assert "# First\n\nsecond *word*\n\nthird &lt;b&gt;" in result


def test_an_answer_of_very_many_blocks_is_sent_in_a_bounded_number_of_pieces():
    blocks = rendered("".join(f"word{number}\n\n" for number in range(5_000)), UNBOUNDED)
    assert len(blocks) <= parser.MAX_BLOCKS
    assert "".join(block.html for block in blocks).count("<p>word") == 5_000


def test_blocks_before_the_bound_keep_their_form(monkeypatch):
    monkeypatch.setattr(markdown, "MAX_HTML_CHARS", 60)
    blocks = rendered("# First\n\nsecond *word*\n\n" + "third " * 20 + "\n\nfourth *word*")
    assert [block.line for block in blocks] == [0, 2, 4, 6]
    assert "<h3>First</h3>" in blocks[0].html and "<em>word</em>" in blocks[1].html
    assert NOTES[TOO_COMPLEX] in blocks[2].html and "third third" in blocks[2].html
    assert "fourth *word*" in blocks[3].html and NOTES[TOO_COMPLEX] not in blocks[3].html


@pytest.mark.parametrize("language", ["c", "cpp", "java", "perl", "ruby", "php", "yaml", "bash"])
def test_code_that_takes_a_lexer_too_long_keeps_its_text(language, monkeypatch):
    monkeypatch.setattr(highlighting, "HIGHLIGHT_SECONDS", 0.02)
    code = "int a;\n" + "\n" * 8_000 + "int z;\n"
    result = highlighting.highlight_code(code, language)
    assert result.count("\n") == code.count("\n")
    assert result.rstrip().removesuffix("</span>").endswith(";")


def test_colours_end_behind_a_number_of_lines_and_the_lines_do_not():
    code = "x = 1\n" * (highlighting.MAX_HIGHLIGHT_LINES + 10)
    lines = highlighting.highlight_code(code, "python").split("\n")
    assert "<span" in lines[highlighting.MAX_HIGHLIGHT_LINES - 1]
    assert set(lines[highlighting.MAX_HIGHLIGHT_LINES :]) == {"x = 1", ""}
    assert len(lines) == code.count("\n") + 1


def test_the_lines_far_down_in_a_long_file_have_colours():
    code = "x = 1\n" * 50_000
    lines = highlighting.highlight_lines(code, "python", 49_000, 49_010)
    assert len(lines) == 11 and all("<span" in line for line in lines)


def test_a_string_that_began_before_the_lines_shown_is_coloured_as_one():
    code = 'a = """\n' + "text\n" * 100 + '"""\n'
    assert highlighting.highlight_lines(code, "python", 50, 50) == ['<span class="s2">text</span>']


def test_a_diagram_that_takes_too_long_is_given_up_and_its_source_shown():
    source = "kanban\n" + "  todo[Todo]\n    t1[Task one]\n" * 20
    assert diagrams.draw(source) == ""
    result = html(f"before\n\n```mermaid\n{source}```\n\nafter")
    assert NOTES[NOT_DRAWN] in result
    assert "Task one" in result and "<p>after</p>" in result


def test_an_inner_limit_ends_first_and_the_outer_one_still_holds():
    ended = []
    with pytest.raises(CpuLimitExceeded), cpu_limit.cpu_limit(0.1):
        try:
            with cpu_limit.cpu_limit(0.02):
                while True:
                    pass
        except CpuLimitExceeded:
            ended.append("inner")
        while True:
            pass
    assert ended == ["inner"]


class SlowToEnd:
    def __del__(self):
        self.wait()

    def wait(self):
        while True:
            pass


def test_a_limit_that_ends_a_finalizer_says_nothing_and_still_ends_the_body():
    with pytest.raises(CpuLimitExceeded), cpu_limit.cpu_limit(0.02):
        SlowToEnd()  # its exception is dropped by the interpreter
        while True:
            pass


def test_what_others_raise_in_a_finalizer_is_still_reported(monkeypatch):
    reported = []
    monkeypatch.setattr(
        "sys.unraisablehook", lambda unraisable: reported.append(unraisable.exc_type)
    )
    monkeypatch.setattr(SlowToEnd, "wait", lambda self: 1 / 0)
    with cpu_limit.cpu_limit(1):
        SlowToEnd()
    assert reported == [ZeroDivisionError]
