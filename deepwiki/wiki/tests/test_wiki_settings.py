"""What a repository says of its wiki, and whatever else somebody writes there."""

import json

import pytest

from deepwiki.testing.growth import LINEAR, growth
from deepwiki.wiki.plan import (
    JSON_PATH,
    TOML_PATH,
    PlanNotice,
    WantedPage,
    plan_wiki,
    read_settings,
)
from deepwiki.wiki.plan.wiki_settings import MAX_PAGES
from deepwiki.wiki.tests.code_bases import two_areas


def of_json(value):
    return read_settings({JSON_PATH: value if isinstance(value, str) else json.dumps(value)})


def codes(settings):
    return {notice.code for notice in settings.notices}


def test_the_file_of_deepwiki_is_read_as_it_is_documented():
    settings = of_json(
        {
            "repo_notes": [{"content": "The cart is central."}],
            "pages": [
                {"title": "Overview", "purpose": "What it is."},
                {
                    "title": "Cart",
                    "purpose": "How sums are made.",
                    "parent": "Overview",
                    "page_notes": [{"content": "Say how.", "author": "a"}],
                },
            ],
        }
    )
    assert settings.notes == ("The cart is central.",)
    assert settings.pages == (
        WantedPage("Overview", "What it is."),
        WantedPage("Cart", "How sums are made.", "Overview", "Say how."),
    )
    assert settings.notices == ()


def test_our_own_file_says_the_same_and_more_and_wins():
    toml = (
        'enabled = false\ninclude = ["shop"]\nexclude = ["shop/vendor"]\nlanguage = "FR"\n'
        'notes = ["Short."]\n[[pages]]\ntitle = "Mail"\ninclude = ["shop/mail"]\n'
    )
    settings = read_settings({JSON_PATH: '{"repo_notes": ["Long."]}', TOML_PATH: toml})
    assert (settings.is_enabled, settings.language, settings.notes) == (False, "fr", ("Short.",))
    assert (settings.include, settings.exclude) == (("shop",), ("shop/vendor",))
    assert settings.pages == (WantedPage("Mail", include=("shop/mail",)),)


def test_only_our_own_file_switches_a_wiki_off():
    assert of_json({"enabled": False, "exclude": ["a"]}).is_enabled


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("{", "settings_not_readable"),
        ("[" * 100_000, "settings_not_readable"),
        ('"' + "x" * 1_000_000 + '"', "settings_too_large"),
        ([1], "settings_wrong_type"),
        ({"repo_notes": "text"}, "settings_wrong_type"),
        ({"repo_notes": [{"content": 3}]}, "settings_wrong_type"),
        ({"repo_notes": ["x" * 20_000]}, "settings_cut"),
        ({"pages": {"title": "A"}}, "settings_wrong_type"),
        ({"pages": [3, {"title": ["A"]}, {"title": " "}]}, "settings_page_left_out"),
        ({"pages": [{"title": "A"}, {"title": "a"}]}, "settings_page_left_out"),
        ({"pages": [{"title": "A", "parent": "Nowhere"}]}, "settings_parent_left_out"),
        ({"pages": [{"title": "A", "parent": "A"}]}, "settings_parent_left_out"),
    ],
)
def test_what_is_wrong_is_left_out_with_a_notice(value, code):
    settings = of_json(value)
    assert code in codes(settings)
    plan_wiki(two_areas(), settings=settings)


def test_parents_in_a_circle_are_opened():
    pages = [{"title": a, "parent": b} for a, b in ("AB", "BC", "CA", "DA")]
    settings = of_json({"pages": pages})
    plan = plan_wiki(two_areas(), settings=settings)
    assert sorted(page.title for page in plan.pages) == ["A", "B", "C", "D"]


def test_ten_thousand_pages_are_cut_to_as_many_as_there_may_be():
    settings = of_json({"pages": [{"title": f"P{number}"} for number in range(4_000)]})
    assert len(settings.pages) == MAX_PAGES and "settings_cut" in codes(settings)


def test_control_characters_and_lone_surrogates_are_dropped():
    (note,) = of_json('{"repo_notes": ["a\\u0000b\\u001b[31m\\ud800c\\u202e"]}').notes
    assert note == "ab[31mc"


def test_a_toml_file_that_nests_without_end_is_not_read():
    assert codes(read_settings({TOML_PATH: "a = " + "[" * 90_000})) == {"settings_not_readable"}


def test_globs_of_many_stars_cost_no_more_than_their_number():
    code = two_areas(200)

    def work(count):
        stars = ["*a" * 90 + "b"] * (count // 8)
        text = json.dumps(stars).replace("'", '"')
        plan_wiki(code, settings=read_settings({TOML_PATH: f"exclude = {text}"}))

    assert growth(work, 400) < LINEAR


def test_a_language_that_pages_cannot_be_written_in_is_left_out_and_told():
    settings = read_settings({TOML_PATH: 'language = "tlh"\n'})
    assert settings.language == ""
    assert settings.notices == (PlanNotice("settings_unknown_language", f"{TOML_PATH} tlh"),)
