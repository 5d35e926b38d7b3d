"""Which pages a wiki has: parts that belong together, guides and references there is evidence for."""

import random
from dataclasses import replace

import pytest

from deepwiki.testing.growth import LINEAR, growth
from deepwiki.wiki.plan import (
    Coverage,
    NameHints,
    PageKind,
    PlanNotice,
    WantedPage,
    WikiSettings,
    plan_wiki,
)
from deepwiki.wiki.plan.communities import MAX_PARTS
from deepwiki.wiki.tests.code_bases import code_base, two_areas


def parts(plan):
    return [page for page in plan.pages if page.kind is PageKind.PART]


def by_kind(plan, kind):
    return [page.topic for page in plan.pages if page.kind is kind]


def large(count):
    paths = [f"src/{number % 23}/{number % 211}/file_{number}.py" for number in range(count)]
    drawn = random.Random(1)
    links = [(drawn.choice(paths), drawn.choice(paths)) for _ in range(3 * count)]
    return code_base(paths, links)


def test_files_that_use_each_other_are_one_part_and_each_is_in_one():
    plan = plan_wiki(two_areas())
    top = [page for page in parts(plan) if not page.parent]
    assert [{path.split("/")[1] for path in page.files} for page in top] == [{"cart"}, {"mail"}]
    assert [page.title for page in top] == ["Cart", "Mail"]
    leaves = [page for page in parts(plan) if not plan.children(page.slug)]
    files = [path for page in leaves for path in page.files]
    assert len(files) == len(set(files)) == 24


def test_tests_belong_to_the_part_that_they_test_and_make_none():
    plan = plan_wiki(two_areas())
    attached = {path: page for page in parts(plan) for path in page.attached}
    assert "shop/cart/cart_0.py" in attached["tests/test_cart.py"].files
    assert "shop/mail/mail_0.py" in attached["tests/test_mail.py"].files
    assert not any(path.startswith("tests/") for page in parts(plan) for path in page.files)


def test_the_same_files_in_another_order_give_the_same_plan():
    code = large(300)
    items, links = list(code.files.items()), list(code.links)
    random.Random(2).shuffle(items)
    random.Random(3).shuffle(links)
    again = replace(code, files=dict(items), links=links)
    assert plan_wiki(again) == plan_wiki(code)


def test_parents_stand_before_their_children_and_slugs_are_plain_and_unique():
    plan = plan_wiki(large(800))
    seen = set()
    for page in plan.pages:
        assert not page.parent or page.parent in seen
        assert page.slug.isascii() and page.slug == page.slug.lower() and page.slug not in seen
        assert not page.parent or set(page.files) <= set(plan.by_slug[page.parent].files)
        seen.add(page.slug)
    assert plan.pages[0].kind is PageKind.OVERVIEW


@pytest.mark.parametrize(("count", "least", "most"), [(1, 1, 1), (40, 3, 20), (2_000, 20, 60)])
def test_a_larger_repository_has_more_parts_within_bounds(count, least, most):
    assert least <= len(parts(plan_wiki(large(count)))) <= most <= MAX_PARTS


def test_the_cost_of_a_plan_is_about_that_of_its_files():
    assert growth(lambda size: plan_wiki(large(size)), 16_000) < LINEAR


def test_a_hundred_thousand_files_have_a_plan():
    plan = plan_wiki(large(100_000))
    assert len(plan.page_of_file) == 100_000
    assert len(parts(plan)) <= MAX_PARTS


def test_a_folder_of_files_that_nothing_links_is_divided_too():
    plan = plan_wiki(code_base([f"all/f{number:03}.py" for number in range(400)]))
    assert 3 <= len(parts(plan)) <= MAX_PARTS and len(plan.page_of_file) == 400


def test_guides_and_references_are_planned_where_there_is_evidence():
    bare = plan_wiki(code_base(["a.py"]))
    assert by_kind(bare, PageKind.GUIDE) == [] and by_kind(bare, PageKind.REFERENCE) == []
    code = code_base(
        {
            "README.md": {"role": "docs", "language": "markdown"},
            "pyproject.toml": {"language": "toml"},
            ".github/workflows/ci.yml": {"language": "yaml"},
            ".env.example": {"language": "text"},
            "shop/app.py": {"in_degree": 2},
            "shop/cli.py": {"in_degree": 1},
            "shop/models.py": {"in_degree": 1},
        },
        artifacts=[
            ("route", "GET /", "shop/app.py", 3),
            ("command", "bill", "shop/cli.py", 3),
            ("setting", "SHOP_URL", "shop/app.py", 5),
            ("schema", "order", "shop/models.py", 5),
        ],
    )
    plan = plan_wiki(code)
    assert by_kind(plan, PageKind.GUIDE) == ["setup", "build", "configuration"]
    assert by_kind(plan, PageKind.REFERENCE) == [
        "api",
        "commands",
        "settings",
        "routes",
        "data_model",
    ]
    assert plan.by_slug["data-model"].files == ("shop/models.py",)


def test_a_repository_without_code_has_parts_of_its_documents_and_says_so():
    docs = {f"guide/{name}.md": {"role": "docs", "language": "markdown"} for name in "abcdef"}
    plan = plan_wiki(code_base(docs))
    assert set(plan.page_of_file) == set(docs)
    assert plan.notices == (PlanNotice("no_code", "docs"),)
    assert by_kind(plan, PageKind.GLOSSARY) == []


def test_an_empty_repository_has_an_overview_and_says_why():
    plan = plan_wiki(code_base({}))
    assert [page.kind for page in plan.pages] == [PageKind.OVERVIEW]
    assert plan.notices == (PlanNotice("no_files"),)
    assert Coverage.of(plan, code_base({}), {}).as_json()["total"] == 0


def test_names_come_from_headings_folders_and_files_and_no_two_are_the_same():
    code = code_base(
        [f"{top}/{name}/x{n}.py" for top in "ab" for name in ("io", "web") for n in range(9)]
    )
    hints = NameHints({"a/web/README.md": "The shop's pages"})
    titles = [page.title for page in parts(plan_wiki(code, hints))]
    assert "The shop's pages" in titles
    assert len({title.casefold() for title in titles}) == len(titles)


def test_settings_leave_files_out_and_the_coverage_says_so():
    code = two_areas()
    plan = plan_wiki(code, settings=WikiSettings(exclude=("shop/mail",)))
    assert all("mail" not in path for path in plan.page_of_file)
    stored = Coverage.of(plan, code, {"binary": 3}).as_json()
    assert (stored["covered"], stored["total"], stored["uncovered_count"]) == (12, 24, 12)
    assert stored["groups"][0]["reason"] == "excluded" and stored["left_out"] == {"binary": 3}
    only = plan_wiki(code, settings=WikiSettings(include=("shop/mail/*_1.py",)))
    assert set(only.page_of_file) == {"shop/mail/mail_1.py"}


def test_pages_that_the_settings_ask_for_are_the_pages():
    wanted = (
        WantedPage("Overview", "What the shop is."),
        WantedPage("Sending mail", "Letters, see shop/mail/mail_3.py.", parent="Shop"),
        WantedPage("Shop", "Everything.", notes="Be short."),
        WantedPage("Tenth", include=("shop/cart/cart_10.py",)),
    )
    plan = plan_wiki(two_areas(), settings=WikiSettings(pages=wanted))
    assert [page.title for page in plan.pages] == ["Overview", "Shop", "Sending mail", "Tenth"]
    overview, shop, mail, tenth = plan.pages
    assert overview.kind is PageKind.OVERVIEW
    assert mail.parent == shop.slug and "shop/mail/mail_3.py" in mail.files
    assert tenth.files == ("shop/cart/cart_10.py",) and shop.notes == "Everything.\n\nBe short."
    covered = set(plan.page_of_file) | {file.path for file in plan.uncovered} | set(overview.files)
    assert covered == {path for path in two_areas().files if path.startswith("shop/")}


def test_templates_and_styles_belong_to_the_part_of_their_folder():
    code = two_areas()
    extra = code_base(
        {"shop/mail/letter.html": {"language": "html"}, "setup.cfg": {"language": "ini"}}
    )
    plan = plan_wiki(replace(code, files={**code.files, **extra.files}))
    assert "shop/mail/mail_0.py" in plan.page_of_file["shop/mail/letter.html"].files or (
        plan.page_of_file["shop/mail/letter.html"].title.startswith("Mail")
    )
    assert plan.page_of_file["setup.cfg"].title == "Project files"
