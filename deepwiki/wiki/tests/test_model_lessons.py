"""Slides and a workshop that a language model writes as data, from the pages that were built."""

import pytest

from deepwiki.wiki import builds
from deepwiki.wiki.builds.estimate import LESSON_READ_TOKENS, estimate
from deepwiki.wiki.content import BlockRole, DiagramBlock, PageContent, TextBlock
from deepwiki.wiki.models import PageClaim, WikiBuild, WikiPage
from deepwiki.wiki.refresh.patch import PagePatch, citing, paragraphs_of, patched
from deepwiki.wiki.tests.scripted_lessons import sound_slides
from deepwiki.wiki.tests.scripted_writer import answering, given_of, material_of, system_of
from deepwiki.wiki.tests.test_builds import FILES as FILES
from deepwiki.wiki.tests.test_writer_builds import built, newest
from deepwiki.wiki.tests.test_writer_builds import writer as writer

pytestmark = [pytest.mark.django_db(transaction=True)]


def asked_for(writer, words):
    return [body for body in writer.requests if system_of(body).startswith(words)]


def test_slides_are_written_last_from_the_pages_with_lines_that_were_given(app, writer):
    build = built(app)
    assert (build.state, build.error) == ("done", "")
    [asked] = asked_for(writer, "You write the slides")
    assert asked in writer.requests[-2:]
    part = WikiPage.objects.filter(kind="part").first()
    assert f"Model words about {part.title}." in material_of(asked)
    version = newest("slides")
    assert version.made_by == "model"
    content = PageContent.from_json(version.content)
    assert content.summary == "A talk in model words."
    assert sum(block.markdown.startswith("## ") for block in texts(content)) == 4
    assert "no/such.py" not in version.text and "90000" not in version.text
    claims = PageClaim.objects.filter(version=version)
    assert set(claims.values_list("state", flat=True)) == {"verified"} and claims.count() > 2
    assert any(isinstance(block, DiagramBlock) for block in content.blocks)


def texts(content):
    return [block for block in content.blocks if isinstance(block, TextBlock)]


def test_a_workshop_is_read_and_answered_as_one_made_from_the_code(app, writer, client, alice):
    built(app)
    version = newest("workshop")
    assert version.made_by == "model"
    roles = {block.role for block in texts(PageContent.from_json(version.content))}
    assert {BlockRole.GOAL, BlockRole.HINT, BlockRole.RIGHT_CHOICE} <= roles
    client.force_login(alice)
    page = client.get(f"/r/{app.pk}/wiki/workshop").content.decode()
    assert "Find it, 1" in page and "claims stand at" in page


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("I would rather not.", "no slides"),
        ('{"slides": 3}', "no slides"),
        ("{" * 50_000, "no slides"),
        ('{"slides": [{"title": "Only one", "bullets": []}]}', "no slides"),
    ],
)
def test_a_bad_reply_leaves_those_made_from_the_code_and_says_so(app, writer, reply, said):
    writer.write = answering(slides=lambda body: reply)
    build = built(app)
    assert build.state == "done"
    assert build.error.startswith("The model could not write 1 of") and said in build.error
    assert newest("slides").made_by == "code" and newest("workshop").made_by == "model"
    writer.write = answering()
    assert builds.retry_failed(build)
    assert builds.run(build.pk).error == ""
    assert newest("slides").made_by == "model"


def test_markup_in_a_reply_is_text(app, writer, client, alice):
    def hostile(body):
        return sound_slides(given_of(body)).replace("What it is", "<script>alert(1)</script>")

    writer.write = answering(slides=hostile)
    built(app)
    client.force_login(alice)
    page = client.get(f"/r/{app.pk}/wiki/slides").content.decode()
    assert "<script>alert" not in page and "alert(1)" in page


def test_they_are_within_the_estimate_and_the_cap(app, writer):
    before = estimate(app, "openai", "writer")
    build = built(app)
    assert build.tokens <= before.tokens
    [asked] = asked_for(writer, "You write the slides")
    assert len(material_of(asked)) / 3 < LESSON_READ_TOKENS
    paused = built(app, only_slug="slides", max_tokens=100)
    assert paused.state == WikiBuild.State.PAUSED
    assert len(asked_for(writer, "You write the slides")) == 1


def test_what_is_renewed_of_them_keeps_its_place(app, writer):
    built(app)
    content = PageContent.from_json(newest("workshop").content)
    wanted = next(
        each for each in paragraphs_of(content) if each.text.startswith("It stands there.")
    )
    renewed = patched(content, PagePatch({wanted.place: "It stood there."}))
    roles = [getattr(block, "role", None) for block in content.blocks]
    assert [getattr(block, "role", None) for block in renewed.blocks] == roles
    assert any("It stood there." in block.markdown for block in texts(renewed))
    assert citing(content, []) == []
