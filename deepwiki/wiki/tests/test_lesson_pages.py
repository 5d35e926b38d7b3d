"""Slides and workshops as they are read, answered and taken along."""

import re

import pytest
from django.utils.html import strip_tags

from deepwiki.wiki.models import WorkshopAnswer
from deepwiki.wiki.tests.lessons import EXERCISE_KEY, TAUGHT
from deepwiki.wiki.tests.wikis import PAGES, make_wiki

pytestmark = pytest.mark.django_db
FORM = {"exercise": EXERCISE_KEY}


@pytest.fixture
def reader(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def wiki(repository):
    return make_wiki(repository, (*PAGES, *TAUGHT))


@pytest.fixture
def places(reader, wiki, repository):
    """The places of the right and of the wrong choice of the first exercise."""
    page = reader.get(f"/r/{repository.pk}/wiki/workshop").content.decode()
    first = page[page.index('id="exercise-1"') : page.index('id="exercise-2"')]
    labels = [
        strip_tags(each).strip() for each in re.findall(r"<label.*?</label>", first, re.DOTALL)
    ]
    right = labels.index("shop/prices.py")
    return right, 1 - right


def answers(repository):
    return f"/r/{repository.pk}/wiki/workshop/answers"


def test_slides_are_a_list_without_a_script(reader, wiki, repository):
    page = reader.get(f"/r/{repository.pk}/wiki/slides").content.decode()
    assert page.count('<section class="slide"') == 3
    assert 'id="2"' in page
    assert f'href="/r/{repository.pk}/wiki/prices">Prices</a>' in page
    assert 'data-path="shop/prices.py"' in page
    assert "in-dark" in page
    assert page.count('<details class="slide-notes">') == 2
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*src=)(?![^>]*application/json)", page)


def test_slides_and_workshop_are_in_the_tree_and_on_the_card(reader, wiki, repository):
    page = reader.get(f"/r/{repository.pk}/").content.decode()
    card = page[page.index('class="wiki-card"') :]
    for slug in ("slides", "workshop"):
        assert f"/wiki/{slug}" in card
        assert f"/wiki/{slug}" in reader.get(f"/r/{repository.pk}/wiki/").content.decode()


def test_the_file_of_slides_loads_nothing(reader, wiki, repository):
    reply = reader.get(f"/r/{repository.pk}/wiki/slides/slides.html")
    page = reply.content.decode()
    assert "attachment" in reply["Content-Disposition"]
    assert page.count('<section class="slide"') == 3
    assert not re.search(r'(?:src|<link[^>]* href)="(?!data:)', page)
    assert "@import" not in page
    assert page.count("</script>") == 1
    assert reader.get(f"/r/{repository.pk}/wiki/prices/slides.html").status_code == 404


def test_an_answer_is_kept_and_shown(reader, wiki, repository, alice, places):
    right, wrong = places
    reply = reader.post(answers(repository), {**FORM, "choice": wrong})
    assert reply["Location"].endswith("/wiki/workshop#exercise-1")
    assert WorkshopAnswer.objects.get().is_right is False
    reader.post(answers(repository), {**FORM, "choice": right})
    kept = WorkshopAnswer.objects.get()
    assert (kept.person, kept.is_right) == (alice, True)
    page = reader.get(f"/r/{repository.pk}/wiki/workshop").content.decode()
    assert "1 of 2 answered rightly" in page
    part = reader.post(
        answers(repository), {**FORM, "choice": right}, headers={"HX-Request": "true"}
    ).content.decode()
    assert part.count("<section") == 1
    assert "data-right" in part


def test_what_one_answers_nobody_else_sees(reader, client, bob, wiki, repository, places):
    reader.post(answers(repository), {**FORM, "choice": places[0]})
    client.force_login(bob)
    assert "0 of 2" in client.get(f"/r/{repository.pk}/wiki/workshop").content.decode()


def test_answers_go_with_the_person_and_with_the_wiki(reader, wiki, repository, alice, places):
    reader.post(answers(repository), {**FORM, "choice": places[0]})
    wiki.delete()
    assert not WorkshopAnswer.objects.exists()
    again = make_wiki(repository, TAUGHT)
    reader.post(answers(repository), {**FORM, "choice": places[0]})
    assert WorkshopAnswer.objects.filter(page__wiki=again).count() == 1
    alice.delete()
    assert not WorkshopAnswer.objects.exists()


def test_answers_to_exercises_that_are_gone_are_removed(reader, wiki, repository, alice, places):
    page = wiki.pages.get(slug="workshop")
    WorkshopAnswer.objects.create(person=alice, page=page, exercise="gone", is_right=True)
    reader.post(answers(repository), {**FORM, "choice": places[0]})
    assert [each.exercise for each in WorkshopAnswer.objects.all()] == [EXERCISE_KEY]


@pytest.mark.parametrize(
    "form",
    [
        {},
        FORM,
        {**FORM, "choice": "2"},
        {**FORM, "choice": "-1"},
        {**FORM, "choice": "9" * 5000},
        {**FORM, "choice": "\u0661"},
        {"exercise": "x" * 9000, "choice": "0"},
    ],
)
def test_what_is_no_answer_is_not_found(reader, wiki, repository, form):
    assert reader.post(answers(repository), form).status_code == 404
    assert not WorkshopAnswer.objects.exists()


def test_strangers_read_but_answer_in_their_browser(client, settings, public_repository):
    settings.ALLOW_ANONYMOUS = True
    make_wiki(public_repository, (*PAGES, *TAUGHT), is_public=True)
    page = client.get(f"/r/{public_repository.pk}/wiki/workshop").content.decode()
    assert "kept in this browser only" in page
    assert answers(public_repository) not in page
    reply = client.post(answers(public_repository), {**FORM, "choice": "0"})
    assert (reply.status_code, WorkshopAnswer.objects.count()) == (302, 0)
    assert "login" in reply["Location"]
