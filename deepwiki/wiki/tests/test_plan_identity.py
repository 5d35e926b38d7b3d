"""Pages of a new plan go on those of the plan before, by their files."""

from deepwiki.wiki.plan import FormerPage, PageKind, PlannedPage, WikiPlan, match_plan


def part(slug, files, **changes):
    return PlannedPage(slug, PageKind.PART, slug.title(), tuple(files), **changes)


def former(number, slug, files=(), kind="part", topic="", *, is_removed=False):
    return FormerPage(number, slug, kind, topic, slug.title(), frozenset(files), is_removed)


def test_a_part_that_keeps_half_of_its_files_keeps_its_page():
    plan = WikiPlan([part("cart", "abcd"), part("below", "ab", parent="cart")])
    matched = match_plan(plan, [former(1, "basket", "abce"), former(2, "mail", "xyz")])
    assert [(page.slug, page.parent) for page in matched.plan.pages] == [
        ("basket", ""),
        ("below", "basket"),
    ]
    assert matched.former_ids == {"basket": 1}


def test_the_best_match_comes_first_and_each_page_is_gone_on_once():
    plan = WikiPlan([part("first", "abcd"), part("second", "abcdef")])
    matched = match_plan(plan, [former(1, "old", "abcdef")])
    assert matched.former_ids == {"old": 1}
    assert [page.slug for page in matched.plan.pages] == ["first", "old"]


def test_less_than_half_is_another_page_and_takes_no_slug_that_was_used():
    plan = WikiPlan([part("cart", "abxyz")])
    matched = match_plan(plan, [former(1, "cart", "abc")])
    assert matched.former_ids == {}
    assert [page.slug for page in matched.plan.pages] == ["cart-2"]


def test_other_pages_are_known_by_kind_and_topic():
    overview = PlannedPage("overview", PageKind.OVERVIEW, "Overview", ("a",))
    api = PlannedPage("api-2", PageKind.REFERENCE, "API", ("b",), topic="api")
    old = [former(1, "start", kind="overview"), former(2, "api", kind="reference", topic="api")]
    matched = match_plan(WikiPlan([overview, api]), old)
    assert matched.former_ids == {"start": 1, "api": 2}


def test_a_removed_page_comes_back_unless_a_present_one_fits_as_well():
    gone = former(1, "gone", "abcd", is_removed=True)
    plan = WikiPlan([part("cart", "abcd")])
    assert match_plan(plan, [gone]).former_ids == {"gone": 1}
    both = [gone, former(2, "there", "abcd")]
    assert match_plan(plan, both).former_ids == {"there": 2}


def test_the_order_of_the_stored_pages_does_not_matter():
    plan = WikiPlan([part("one", "abcd"), part("two", "efgh")])
    old = [former(1, "x", "abcdefgh"), former(2, "y", "abcd"), former(3, "z", "efgh")]
    assert match_plan(plan, old) == match_plan(plan, old[::-1])
