"""Mathematics is drawn where there is evidence of it, and dollars of prose stay dollars."""

import html
import re

import pytest

from chat.rendering.markdown import render_blocks
from chat.rendering.rules import environment


def rendered(text):
    return "".join(block.html for block in render_blocks(text, environment(None), 10.0))


def visible(text):
    return html.unescape(re.sub(r"<[^>]*>", "", rendered(text)))


@pytest.mark.parametrize(
    "text",
    [
        "set PATH=$HOME/bin:$PATH first",
        "it costs $5 and $10 in all",
        "from $100-$200 a month",
        "export A=$B, then $C and $D.",
        "`$x` or $HOME and ${PATH}$",
        "cp $SRC/$DST",
        "copy $src, $dst",
        '"$A"/"$B"',
        "s/$a/$b/g",
        "the pid is $$ and $$ again",
        "kill $$; echo $?",
        "$user_id$ is a variable of the template",
        "jQuery $('#a') and $('#b')",
        "$scope.$apply() and $http.$get",
        "regex ^a$|^b$ ends",
        "US$ 5, CA$ 7",
        "$1$2 groups and $1 again",
        "awk '{print $1, $2}'",
        "$name$ and $other$",
        "$",
        "$$",
        "$ a $",
    ],
)
def test_dollars_of_prose_and_shells_stay_as_they_were_written(text):
    assert "<math" not in rendered(text)
    assert visible(text).strip().replace("`", "") == text.replace("`", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"a \(b\|c\) pattern of names: foo\(bar\)", "a (b|c) pattern of names: foo(bar)"),
        (r"\[WARN\] something", "[WARN] something"),
        (r"\[x\](target) and \[ \]", "[x](target) and [ ]"),
        (r"f\(x\) of a regex", "f(x) of a regex"),
        (r"\(see below\)", "(see below)"),
        (r"\[link text\](src/a_b.py)", "[link text](src/a_b.py)"),
    ],
)
def test_escaped_brackets_are_brackets(text, shown):
    assert "<math" not in rendered(text)
    assert visible(text).strip() == shown


@pytest.mark.parametrize(
    "text",
    [
        "$x$",
        "$n$ items",
        "$O(n log n)$",
        "$x^2 + y^2 = z^2$",
        "$a_i$",
        "($k$)",
        r"$\frac{a}{b}$",
        r"$\alpha$-stable",
        "$$E = mc^2$$",
        "where $$\\sum_{i=1}^n i$$ holds",
        "$$\nprofit = revenue - cost\n$$",
        r"so \(a_1 + b\) is",
        r"\(x\)",
        r"\(O(n)\)",
        r"\[ x = \frac{1}{2} \]",
        "\\[\nx = 1\n- y\n\\]",
        "- item\n\n  $$\n  a = b\n  $$",
        "> \\[ a = b \\]",
        r"公式$x^2$成立",
    ],
)
def test_formulas_of_models_are_drawn(text):
    assert "<math" in rendered(text)


def test_a_formula_too_long_to_convert_is_shown_whole():
    source = "x^2+" * 600 + "y"
    assert source in visible(f"$${source}$$")


def test_what_cannot_be_converted_is_shown_as_its_source():
    assert r"\frac{" in visible(r"$$\frac{$$")


def test_text_around_a_formula_stays():
    assert visible("price $5, set $x^2$ and $7") == "price $5, set x2 and $7\n"
