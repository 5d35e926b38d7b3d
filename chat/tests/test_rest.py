"""What the REST interface answers: lists in parts, files, search, changes, and wrong requests."""

import pytest

from chat.models import Conversation, Message
from chat.testing.rest_client import RestClient
from deepwiki.accounts.models import ApiToken, TokenScope
from repos.models import IndexJob, Repository

pytestmark = pytest.mark.django_db(transaction=True)

BODIES = [
    (b"{", 400, "invalid_json"),
    (b"[" * 100_000, 400, "invalid_json"),
    (b"[]", 422, "invalid_values"),
    (b"\xff\xfe", 400, "invalid_json"),
    (b"[null]", 422, "invalid_values"),
    (b'{"address": true}', 422, "invalid_values"),
    (b'{"address": 7}', 422, "invalid_values"),
    (b'{"address": "' + b"a" * 3_000 + b'"}', 422, "invalid_values"),
    (b"[" + b"[]," * 1_000_000 + b"[]]", 413, "too_large"),
]


@pytest.fixture
def rest(alice):
    return RestClient(ApiToken.issue(alice, scopes=TokenScope.values)[1])


@pytest.fixture
def pocket(repository):
    Repository.objects.update(name="shop/pocket")
    repository.refresh_from_db()
    return f"repositories/{repository.pk}"


@pytest.fixture
def conversation(alice, repository):
    made = Conversation.objects.create(user=alice, repository=repository, title="Prices")
    question = Message.objects.create(
        conversation=made, position=1, role="user", content="How much?", asked_by=alice
    )
    Message.objects.create(
        conversation=made, position=2, parent=question, role="assistant", content="Ten percent."
    )
    return made


def test_files_and_their_lines_are_those_of_the_indexed_commit(rest, pocket, repository):
    root = rest.get(f"{pocket}/files").body
    assert [entry["path"] for entry in root["folder"]["entries"]] == [
        "shop/",
        "tests/",
        "README.md",
    ]
    assert root["commit"] == repository.current_index.commit
    folder = rest.get(f"{pocket}/files", path="shop").body
    assert "shop/prices.py" in [entry["path"] for entry in folder["folder"]["entries"]]
    file = rest.get(f"{pocket}/file", path="shop/prices.py", first=1, last=1).body
    assert (file["text"], file["first"], file["last"]) == ('"""Prices."""', 1, 1)
    assert rest.get(f"{pocket}/file", path="../secret").problem == (404, "not_found")
    assert rest.get(f"{pocket}/paths", query="mail").body["paths"] == ["shop/mail.js"]


def test_search_finds_what_answers_a_question_and_lines_by_pattern(rest, pocket):
    hits = rest.get(f"{pocket}/search", query="How is the discount computed?").body["hits"]
    assert hits[0]["path"] == "shop/prices.py"
    assert "apply_discount" in hits[0]["text"]
    lines = rest.get(f"{pocket}/lines", pattern=r"def \w+_discount", limit=1).body
    assert lines["items"][0]["lines"]
    assert rest.get(f"{pocket}/lines", pattern="(").problem == (422, "invalid_pattern")


def test_names_lead_to_definitions_and_uses(rest, pocket):
    found = rest.get(f"{pocket}/definitions", name="apply_discount").body["definitions"]
    assert [(one["path"], one["start"]) for one in found] == [("shop/prices.py", 16)]
    names = rest.get(f"{pocket}/outline", path="shop/prices.py").body["definitions"]
    assert "PriceList" in [one["name"] for one in names]
    uses = rest.get(f"{pocket}/references", name="apply_discount").body["items"]
    assert "tests/test_prices.py" in [one["path"] for one in uses]


def test_a_list_goes_on_where_its_cursor_says_and_for_its_person_alone(rest, alice, bob, pocket):
    repository = Repository.objects.get()
    for number in range(5):
        Conversation.objects.create(user=alice, repository=repository, title=f"c{number}")
    titles, cursor = [], ""
    for _ in range(3):
        part = rest.get("conversations", limit=2, cursor=cursor).body
        titles += [one["title"] for one in part["items"]]
        cursor = part["next_cursor"] or cursor
    assert titles == ["c4", "c3", "c2", "c1", "c0"]
    other = RestClient(ApiToken.issue(bob)[1])
    for wrong in (other.get("conversations", cursor=cursor), rest.get("jobs", cursor=cursor)):
        assert wrong.problem == (404, "unknown_cursor")


def test_what_has_not_changed_is_not_sent_again(rest, pocket):
    first = rest.get(pocket)
    same = rest.get(pocket, headers={"if-none-match": first.response["ETag"]})
    assert (same.status, same.response.content) == (304, b"")
    assert same.response["ETag"] == first.response["ETag"]
    Repository.objects.update(name="shop/other")
    assert rest.get(pocket, headers={"if-none-match": first.response["ETag"]}).status == 200


def test_a_conversation_is_renamed_pinned_and_deleted(rest, conversation):
    path = f"conversations/{conversation.pk}"
    changed = rest.send("PATCH", path, {"title": " New\n title ", "pinned": True}).body
    assert (changed["title"], changed["pinned"], changed["archived"]) == ("New title", True, False)
    assert rest.send("DELETE", path).status == 204
    assert rest.get(path).problem == (404, "not_found")
    assert Conversation.objects.get().deleted_at is not None


def test_an_answer_is_rated_and_a_question_is_not(rest, conversation):
    question, answer = conversation.messages.order_by("position")
    rated = rest.send(
        "PUT", f"messages/{answer.pk}/rating", {"rating": -1, "reason": "Wrong."}
    ).body
    assert (rated["rating"], rated["rating_reason"]) == (-1, "Wrong.")
    assert rest.send("DELETE", f"messages/{answer.pk}/rating").status == 204
    assert Message.objects.get(pk=answer.pk).rating is None
    reply = rest.send("PUT", f"messages/{question.pk}/rating", {"rating": 1})
    assert reply.problem == (404, "not_found")


def test_a_repository_is_added_refreshed_paused_and_removed(rest, alice):
    added = rest.post("repositories", {"address": "shop/pocket", "token": "secret"}).body
    assert (added["state"], added["is_private"]) == ("not_indexed", True)
    again = rest.post("repositories", {"address": "https://github.com/shop/pocket"}).body
    assert again["id"] == added["id"]
    path = f"repositories/{added['id']}"
    job = rest.post(f"{path}/refresh", {}).body
    assert job["id"] == added["job"]["id"]
    assert rest.post(f"jobs/{job['id']}/pause").body["state"] == "paused"
    assert rest.post(f"jobs/{job['id']}/resume").body["state"] == "queued"
    assert rest.post(f"jobs/{job['id']}/cancel").body["state"] == "cancelled"
    assert "secret" not in rest.get(path).response.content.decode()
    assert rest.send("DELETE", path).status == 204
    assert not IndexJob.objects.exists()


@pytest.mark.parametrize("address", ["", "nothing", "https://me:secret@github.com/a/b", "a" * 600])
def test_an_address_that_cannot_be_added_says_why(rest, address):
    reply = rest.post("repositories", {"address": address})
    assert reply.problem[0] == 422
    assert "secret" not in reply.response.content.decode()


def test_bodies_that_cannot_be_read_say_why(rest):
    for body, status, code in BODIES:
        assert rest.post("repositories", body).problem == (status, code), body[:20]


def test_characters_that_cannot_be_stored_are_replaced(rest, conversation):
    path = f"conversations/{conversation.pk}"
    assert rest.send("PATCH", path, b'{"title": "a\\u0000b"}').body["title"] == "a\ufffdb"
    half = rest.send("PATCH", path, b'{"title": "\\ud800"}')
    assert half.problem == (422, "invalid_values")


def test_a_value_of_the_wrong_kind_is_named(rest):
    for path, query in (
        ("repositories", {"limit": 0}),
        ("repositories", {"limit": "many"}),
        ("repositories/7", {}),
        ("jobs", {"repository": "7"}),
    ):
        assert rest.get(path, **query).problem == (422, "invalid_values")


def test_a_null_character_is_a_problem(rest):
    assert rest.get("repositories?query=a%00b").problem == (400, "bad_request")


def test_other_addresses_and_methods_are_problems_too(rest):
    assert rest.get("nothing").problem == (404, "not_found")
    reply = rest.send("DELETE", "jobs")
    assert reply.problem == (405, "wrong_method")
    assert reply.response["Allow"] == "GET"
