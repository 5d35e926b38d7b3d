"""Who may read a shared conversation, until when; who a private repository is shared with."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from chat.models import Conversation, Message, Share
from repos.models import Repository
from repos.search import search

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def private(people):
    return Repository.objects.create(
        kind="github",
        url="https://github.com/team/secret",
        name="team/secret",
        is_private=True,
        added_by=people["alice"],
    )


def conversation(person, repository, text="How is the discount computed?"):
    made = Conversation.objects.create(user=person, repository=repository, title=text)
    question = Message.objects.create(
        conversation=made, position=1, role="user", content=text, asked_by=person
    )
    Message.objects.create(
        conversation=made, position=2, parent=question, role="assistant", content="By `total_of`."
    )
    return made


def shared(client, made, **form):
    client.post(f"/c/{made.pk}/share", form)
    return Share.objects.filter(conversation=made).first()


def test_a_link_ends_when_it_should_and_with_its_conversation(client, people, public_repository):
    client.force_login(people["alice"])
    made = conversation(people["alice"], public_repository)
    share = shared(client, made, days="7")
    client.logout()
    assert client.get(f"/s/{share.key}/").status_code == 200
    Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"/s/{share.key}/").status_code == 404
    Share.objects.update(expires_at=None)
    assert client.get(f"/s/{share.key}/").status_code == 200
    Conversation.objects.update(deleted_at=timezone.now())
    assert client.get(f"/s/{share.key}/").status_code == 404
    assert client.get("/s/nothing/").status_code == 404


def test_a_link_to_a_folders_conversation_needs_an_account_until_links_are_allowed(
    client, people, repository
):
    client.force_login(people["alice"])
    made = conversation(people["alice"], repository)
    assert "an account here" in client.get(f"/c/{made.pk}/shares").content.decode()
    page = f"/s/{shared(client, made).key}/"
    client.force_login(people["bob"])
    assert client.get(page).status_code == 200
    client.logout()
    assert client.get(page).headers["Location"] == f"/accounts/login/?next={page}"
    Repository.objects.update(shares_allowed=True)
    assert client.get(page).status_code == 200


def test_a_private_repositorys_conversations_are_shared_only_when_its_owner_says_so(
    client, people, private
):
    client.force_login(people["alice"])
    made = conversation(people["alice"], private)
    assert "private" in client.get(f"/c/{made.pk}/shares").content.decode()
    assert shared(client, made) is None
    client.post(f"/r/{private.pk}/people", {"allow": "1"})
    share = shared(client, made)
    assert client.get(f"/s/{share.key}/").status_code == 200
    client.post(f"/r/{private.pk}/people", {"allow": "0"})
    assert client.get(f"/s/{share.key}/").status_code == 404


def test_whoever_lost_a_repository_no_longer_shows_it_to_others(client, people, private):
    private.readers.add(people["bob"])
    Repository.objects.update(shares_allowed=True)
    client.force_login(people["bob"])
    share = shared(client, conversation(people["bob"], private))
    client.logout()
    assert client.get(f"/s/{share.key}/").status_code == 200
    private.readers.clear()
    assert client.get(f"/s/{share.key}/").status_code == 404


def test_nobody_shares_or_takes_back_what_is_anothers(client, people, repository):
    client.force_login(people["alice"])
    made = conversation(people["alice"], repository)
    share = shared(client, made)
    client.force_login(people["bob"])
    assert client.post(f"/c/{made.pk}/share").status_code == 404
    assert client.get(f"/c/{made.pk}/shares").status_code == 404
    assert client.post(f"/c/{made.pk}/shares/{share.pk}/revoke").status_code == 404
    own = conversation(people["bob"], repository)
    assert client.post(f"/c/{own.pk}/shares/{share.pk}/revoke").status_code == 404
    assert client.post(f"/m/{made.messages.last().pk}/rating", {"rating": "1"}).status_code == 404
    share.refresh_from_db()
    assert share.revoked_at is None


def test_people_and_groups_are_let_in_by_the_owner_alone(client, people, private):
    team = Group.objects.create(name="team")
    team.user_set.add(people["alice"], people["bob"])
    client.force_login(people["bob"])
    page = f"/r/{private.pk}/people"
    assert client.get(page).status_code == 404
    client.force_login(people["alice"])
    assert "nobody of this name" in client.post(page, {"add_person": "zed"}).content.decode()
    client.post(page, {"add_person": "bob"})
    client.force_login(people["bob"])
    assert client.get(f"/r/{private.pk}/").status_code == 200
    assert client.get(page).status_code == 404  # to read it is not to own it
    client.force_login(people["alice"])
    client.post(page, {"remove_person": people["bob"].pk})
    client.force_login(people["bob"])
    assert client.get(f"/r/{private.pk}/").status_code == 404
    client.force_login(people["alice"])
    client.post(page, {"add_group": team.pk})
    client.force_login(people["bob"])
    assert client.get(f"/r/{private.pk}/").status_code == 200
    client.force_login(people["alice"])
    client.post(page, {"remove_group": team.pk})
    client.force_login(people["bob"])
    assert client.get(f"/r/{private.pk}/").status_code == 404


def test_a_group_counts_in_the_search_itself(people, repository):
    Repository.objects.update(is_private=True, added_by=people["alice"])
    bob = people["bob"]
    assert not search([repository.pk], "discount", user_id=bob.pk).passages
    team = Group.objects.create(name="team")
    team.user_set.add(bob)
    repository.reader_groups.add(team)
    assert search([repository.pk], "discount", user_id=bob.pk).passages
    assert Repository.objects.readable_by(bob).count() == 1


def test_an_edit_of_another_conversations_message_is_refused(people, repository):
    from chat.core.errors import BadRequest
    from chat.core.pipeline import Model
    from chat.core.request import parse
    from chat.core.request_json import RequestLimits
    from chat.services.intake import accept_question

    mine, other = conversation(people["alice"], repository), conversation(people["bob"], repository)
    foreign = other.messages.first()
    model = Model("openai", "m", 1_000, 100, {}, True)
    for field in ("edit", "parent"):
        request = parse(
            {
                "repo_url": repository.url,
                "type": "local",
                "messages": [{"role": "user", "content": "x"}],
                "conversation": str(mine.pk),
                field: str(foreign.pk),
            },
            RequestLimits(),
        )
        with pytest.raises(BadRequest):
            accept_question(people["alice"], request, model)


def test_another_branch_of_a_private_repository_is_private_too(client, people, private):
    from repos import services
    from repos.sources.errors import NotFound

    private.token = "ghp_token"
    private.save()
    private.readers.add(people["bob"])
    beside = services.find_or_add(people["alice"], private.url, revision="dev")
    assert beside.is_private and beside.added_by == people["alice"] and beside.token == "ghp_token"
    with pytest.raises(NotFound):
        services.find_or_add(people["bob"], private.url, revision="other")
    assert not Repository.objects.filter(url=private.url, is_private=False).exists()


def test_a_name_typed_in_vain_is_not_listed_for_everybody(client, people, repository):
    from repos.models import IndexJob

    vain = Repository.objects.create(
        kind="github", url="https://github.com/team/hidden", name="team/hidden"
    )
    IndexJob.objects.create(repository=vain, state="failed", error="There is no such repository.")
    client.force_login(people["bob"])
    page = client.get("/").content.decode()
    assert repository.name in page and "team/hidden" not in page


def test_a_page_asks_about_its_own_row_where_several_share_an_address(people):
    from chat.core.errors import NoSuchRepository
    from chat.core.pipeline import Model
    from chat.core.request import parse
    from chat.core.request_json import RequestLimits
    from chat.services.intake import accept_question

    url = "https://github.com/team/secret"
    rows = {
        name: Repository.objects.create(
            kind="github", url=url, name="team/secret", is_private=True, added_by=people[name]
        )
        for name in ("alice", "bob")
    }
    rows["alice"].readers.add(people["bob"])
    model = Model("openai", "m", 1_000, 100, {}, True)

    def ask(name, **fields):
        request = {"repo_url": url, "messages": [{"role": "user", "content": "x"}], **fields}
        return accept_question(people[name], parse(request, RequestLimits()), model).repository

    assert ask("bob") == rows["bob"]
    assert ask("bob", repository=str(rows["alice"].pk)) == rows["alice"]
    with pytest.raises(NoSuchRepository):
        ask("alice", repository=str(rows["bob"].pk))


def test_a_link_holds_what_was_on_the_page_and_shows_no_more(client, people, repository):
    client.force_login(people["alice"])
    made = conversation(people["alice"], repository)
    shown = made.messages.order_by("position").last()
    later = Message.objects.create(
        conversation=made, position=3, parent=shown, role="user", content="Confidential"
    )
    Message.objects.create(
        conversation=made,
        position=4,
        parent=later,
        role="assistant",
        content="Indeed.",
        model="gpt-x",
    )
    share = shared(client, made, last=str(shown.pk))
    page = client.get(f"/s/{share.key}/").content.decode()
    assert "discount" in page and "Confidential" not in page
    assert repository.current_index.commit not in page and 'class="facts"' not in page
    assert client.get("/s/%00/").status_code == 400


def test_whoever_lost_a_repository_learns_nothing_more_of_it(client, people, private):
    from repos.models import Index

    Repository.objects.filter(pk=private.pk).update(
        current_index=Index.objects.create(repository=private, commit="feed" * 10, state="ready")
    )
    private.readers.add(people["bob"])
    client.force_login(people["bob"])
    made = conversation(people["bob"], private)
    Message.objects.filter(conversation=made, role="assistant").update(commit="c0ffee" * 6 + "abcd")
    assert "feedfeed" in client.get(f"/c/{made.pk}/").content.decode()
    private.readers.clear()
    page = client.get(f"/c/{made.pk}/").content.decode()
    assert "feedfeed" not in page and "no longer see" in page and "total_of" in page
    footer = client.get(
        f"/m/{made.messages.order_by('position').last().pk}/footer"
    ).content.decode()
    assert "moved on" not in footer
