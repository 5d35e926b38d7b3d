"""The few HTML tags that models write are tags; every other one is text."""

import pytest

from chat.rendering.markdown import render_blocks
from chat.rendering.rules import environment


def rendered(text):
    return "".join(block.html for block in render_blocks(text, environment(None), 10.0))


def test_a_line_break_in_a_table_cell_is_one():
    html = rendered("| a | b |\n|---|---|\n| one<br>two<br/>three<BR /> | x |")
    assert "one<br>two<br>three<br>" in html


@pytest.mark.parametrize("tag", ["kbd", "sub", "sup"])
def test_keys_and_indices_are_shown_as_such(tag):
    assert f"<{tag}>C</{tag}>" in rendered(f"press <{tag}>C</{tag}> now")


@pytest.mark.parametrize(
    "text",
    [
        "<kbd>never closed",
        "closed only</kbd>",
        "<sub onclick=alert(1)>x</sub>",
        "<script>alert(1)</script>",
        "<b>bold</b>",
        "<details>",
        "<details onclick=x>\n\na\n\n</details>",
        "<br onload=x>",
        "<summary>a</summary>",
    ],
)
def test_every_other_tag_is_text(text):
    html = rendered(text)
    first = text.split("\n")[0].split(">")[0]
    assert first.replace("<", "&lt;") in html
    assert first not in html


def test_details_fold_markdown():
    text = "<details>\n<summary>The `code`</summary>\n\n- one\n- two\n\n```py\nx\n```\n\n</details>\n\nafter"
    html = rendered(text)
    assert "<details><summary>The <code>code</code></summary>" in html.replace("\n", "")
    assert html.index("<li>one</li>") < html.index("</details>") < html.index("<p>after</p>")


def test_details_fold_details_and_one_that_is_never_closed_hides_nothing():
    html = rendered("<details><summary>a</summary>\n<details>\nin\n</details>\n</details>\nout")
    assert html.count("<details>") == html.count("</details>") == 2
    html = rendered("<details>\n<summary>a</summary>\n\ntext\n\n# Heading")
    assert "<details>" not in html and "<h3>Heading</h3>" in html


def test_details_in_code_are_code():
    html = rendered("```\n<details>\n```\n\ntext\n\n</details>")
    assert "<details>" not in html and "&lt;/details&gt;" in html


def test_a_list_of_many_levels_loses_nothing_and_what_follows_is_there():
    for depth in (15, 40, 200):
        lines = [f"{'  ' * level}- level {level} end" for level in range(depth)]
        html = rendered("\n".join(lines) + "\n\n# After\n\nlast words")
        assert all(f"level {level} end" in html for level in range(depth))
        assert "<h3>After</h3>" in html and "<p>last words</p>" in html
    assert html.count("<ul>") > 20


def test_quotes_of_many_levels_lose_nothing():
    html = rendered(
        "\n".join("> " * level + f"level {level}" for level in range(1, 120)) + "\n\nend"
    )
    assert all(f"level {level}" in html for level in range(1, 120))
    assert "<p>end</p>" in html
