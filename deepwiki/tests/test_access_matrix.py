"""Every route, for every kind of repository and every kind of person.

`routes.RULES` says who gets in; a route without a rule fails. Each test is one person, and
lists every place where the answer differs from the rule.
"""

import uuid
from dataclasses import dataclass, field

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from chat.models import Attachment, Conversation, Message, Share
from deepwiki.accounts.models import ApiToken
from deepwiki.tests import routes as table
from deepwiki.tests.routes import RULES
from deepwiki.wiki.tests.lessons import TAUGHT
from deepwiki.wiki.tests.wikis import PAGES, contributed, make_wiki
from repos.models import Repository
from repos.services import add
from repos.sources import parse_address

pytestmark = pytest.mark.django_db
PEOPLE = ("owner", "reader", "member", "editor", "person", "staff", "manager", "sharer", "boss")
PERMISSIONS = {
    "manager": ["change_repository", "delete_repository"],
    "sharer": ["share_repository"],
}
STRANGER = "stranger"
# Kind of repository -> who may read it, of those who are signed in.
GIVEN = {"owner", "reader", "member", "editor"}
READERS = {
    "of a public host": set(PEOPLE),
    "folder": set(PEOPLE),
    "of an allowed host": set(PEOPLE),
    "private": GIVEN,
    "private folder": GIVEN,
    "closed": set(PEOPLE),  # its page says so; what was indexed is shown to nobody
    "closed private": GIVEN,
    "none": set(),
}
# Whoever may read one of these may read all of them: who is not in EVERYWHERE sees one a route, in turn.
ALIKE = ("of a public host", "folder", "of an allowed host")
EVERYWHERE = {"owner", "person", "boss"}
ADDRESSES = {
    "of a public host": "https://github.com/shop/pocket",
    "folder": "/srv/pocket",
    "of an allowed host": "https://git.internal.example/shop/pocket",
    "private": "https://github.com/shop/secret",
    "private folder": "/srv/secret",
    "closed": "https://github.com/shop/gone",
    "closed private": "https://github.com/shop/gone-secret",
}
PRIVATE = {"private", "private folder", "closed private"}
CLOSED = {"closed", "closed private"}  # refused by their hosts
SLUGS = {"wiki-slides-file": "slides", "wiki-answer": "workshop"}
QUERIES = {"wiki-compare": "?old=1&new=1"}
FILLERS = {
    "file_format": "md",
    "action": "pin",
    "key": "abc",
    "uidb36": "a",
    "owner": "someone",
    "name": "something",
    "page": "blob/main/app.py",
    "object_id": "1",
    "id": "1",
    "content_type_id": "1",
    "app_label": "repos",
    "url": "anything",
    "path": "README.md",
    "slug": "prices",
    "number": 1,
}


@dataclass
class World:
    """People by role; a repository of each kind with the owner's conversation about it."""

    people: dict
    repositories: dict
    arguments: dict = field(default_factory=dict)


@pytest.fixture
def world(settings):
    settings.CLONE_ALLOW = ["git.internal.example"]
    users = get_user_model().objects
    people = {name: users.create(username=name) for name in PEOPLE}
    for name, permissions in PERMISSIONS.items():
        people[name].user_permissions.set(Permission.objects.filter(codename__in=permissions))
    for name in ("staff", "manager", "sharer", "boss"):
        people[name].is_staff = True
        people[name].is_superuser = name == "boss"
        people[name].save()
    team = Group.objects.create(name="team")
    team.user_set.add(people["member"])
    editors = Group.objects.create(name="editors")
    editors.user_set.add(people["editor"])
    made = World(people, {})
    for kind, address in ADDRESSES.items():
        is_private = kind in PRIVATE
        owner = people["owner"].pk if is_private else None
        repository = add(parse_address(address), owner, private=is_private)
        if is_private:
            repository.readers.add(people["reader"])
            repository.reader_groups.add(team)
            repository.readers.add(people["editor"])
        if kind in CLOSED:
            repository.closed_at = timezone.now()
            repository.save()
        made.repositories[kind] = repository
        wiki = make_wiki(repository, (*PAGES, *TAUGHT))
        wiki.editor_groups.add(editors)
        made.arguments[kind] = _arguments(people["owner"], repository)
        made.arguments[kind] |= contributed(wiki, people["owner"])
    made.arguments["none"] = _missing()
    return made


def _arguments(owner, repository):
    """What the routes' arguments stand for: of the owner, about the repository."""
    conversation = Conversation.objects.create(user=owner, repository=repository, title="Mine")
    question = Message.objects.create(
        conversation=conversation, position=1, role="user", content="Why?", asked_by=owner
    )
    answer = Message.objects.create(
        conversation=conversation, position=2, parent=question, role="assistant", content="So."
    )
    file = Attachment.objects.create(
        user=owner, conversation=conversation, name="a", media_type="text/plain", data=b"a", size=1
    )
    return {
        "attachment_id": file.pk,
        "repository_id": repository.pk,
        "conversation_id": conversation.pk,
        "message_id": answer.pk,
        "share_id": Share.objects.create(conversation=conversation, last=answer).pk,
        "token_id": ApiToken.issue(owner)[0].pk,
        "session_id": UserSession.objects.create(
            user=owner, ip="192.0.2.1", session_key=repository.pk.hex
        ).pk,
    }


def _missing():
    names = ("attachment_id", "repository_id", "conversation_id", "message_id", "run_id")
    return {
        "share_id": 0,
        "token_id": 0,
        "session_id": 0,
        "note_id": 0,
        "comment_id": 0,
        **{name: uuid.uuid4() for name in names},
    }


def path_of(route, arguments):
    values = {**FILLERS, **_missing(), **arguments}
    if route.name == "repository-job":
        values["action"] = "pause"
    if route.name in SLUGS:
        values["slug"] = SLUGS[route.name]
    if route.name == "wiki-export":
        values["file_format"] = "json"
    if route.name == "wiki-change":
        values["action"] = "public"
    if route.name == "wiki-note-change":
        values["action"] = "delete"
    if route.name == "wiki-comment-change":
        values["action"] = "resolve"
    values = {name: values[name] for name in route.arguments}
    try:
        return reverse(route.name, kwargs=values) + QUERIES.get(route.name, "")
    except NoReverseMatch:  # a route without a name
        path = "/" + route.path
        for name, value in values.items():
            path = path.replace(f"<path:{name}>", str(value)).replace(f"(?P<{name}>.*)$", "x")
        return path


def manages(person, kind):
    owns = person == "owner" and kind in PRIVATE
    return owns or person in ("manager", "boss")


def allowed(rule, person, kind):
    """Whether a rule lets a signed-in person in."""
    is_reader = person in READERS[kind]
    match rule.who:
        case table.READERS:
            return is_reader
        case table.OPEN_READERS:
            return is_reader and kind not in CLOSED
        case table.MANAGERS:
            return is_reader and manages(person, kind)
        case table.OPEN_MANAGERS:
            return is_reader and manages(person, kind) and kind not in CLOSED
        case table.EDITORS:
            edits = person == "editor" or manages(person, kind)
            return is_reader and edits and kind not in CLOSED
        case table.SHARERS:
            return kind in PRIVATE and person in ("owner", "sharer", "boss")
        case table.OWN:
            return kind != "none" and person == "owner"
        case _:
            return True


def request(client, route, rule, kind, world, **headers):
    """The response, and what it changed undone."""
    with transaction.atomic():
        send = getattr(client, rule.method)
        reply = send(path_of(route, world.arguments[kind]), rule.form, headers=headers)
        transaction.set_rollback(True)
    return reply


def places(*who):
    """(route, rule, kind) of the rules for `who`."""
    for route in table.routes():
        rule = None if route.is_admin else RULES[route.name]
        if rule and rule.who in who:
            depends = rule.who not in (table.SIGNED_IN, table.ANYBODY)
            for kind in READERS if depends else ["none"]:
                yield route, rule, kind


def places_of(person):
    """The places at which a person is looked at."""
    turns = {}
    for route, rule, kind in places(*GUARDED):
        if kind not in ALIKE or person in EVERYWHERE or not allowed(rule, person, kind):
            yield route, rule, kind
            continue
        turn = turns.setdefault(route.name, len(turns))
        if kind == ALIKE[turn % len(ALIKE)]:
            yield route, rule, kind


GUARDED = (
    table.READERS,
    table.EDITORS,
    table.OPEN_READERS,
    table.MANAGERS,
    table.OPEN_MANAGERS,
    table.SHARERS,
    table.OWN,
    table.SIGNED_IN,
)


def test_every_route_has_a_rule():
    assert {route.name for route in table.routes() if not route.is_admin} == set(RULES)


@pytest.mark.parametrize("person", PEOPLE)
def test_who_is_signed_in_gets_what_the_rules_say(client, world, person):
    client.force_login(world.people[person])
    wrong = []
    for route, rule, kind in places_of(person):
        expected = rule.answers if allowed(rule, person, kind) else 404
        status = request(client, route, rule, kind, world).status_code
        if status != expected:
            wrong.append((route.name, kind, f"{status}, not {expected}"))
    assert not wrong


@pytest.mark.parametrize("person", ["owner", "person", "staff"])
def test_a_refusal_is_json_for_whoever_asks_for_json(client, world, person):
    client.force_login(world.people[person])
    wrong = []
    for route, rule, kind in places(*GUARDED, table.ANYBODY):
        if allowed(rule, person, kind) and rule.answers < 400:
            continue  # a page: the test above
        reply = request(client, route, rule, kind, world, accept="application/json")
        if reply.status_code < 400 or not _says_why(reply):
            wrong.append((route.name, kind, reply.status_code))
    assert not wrong


def _says_why(reply):
    is_json = reply.headers["Content-Type"].startswith("application/json")
    return is_json and bool(reply.json().get("detail"))


@pytest.mark.parametrize("strangers_enter", [False, True])
def test_strangers_are_asked_to_sign_in_everywhere(client, world, settings, strangers_enter):
    settings.ALLOW_ANONYMOUS = strangers_enter
    wrong = []
    for route, rule, kind in places(*GUARDED):
        reply = request(client, route, rule, kind, world)
        if reply.status_code != 302 or not reply.url.startswith("/accounts/login/?next="):
            wrong.append((route.name, kind, reply.status_code))
        reply = request(client, route, rule, kind, world, accept="application/json")
        if reply.status_code != 401 or not _says_why(reply):
            wrong.append((route.name, kind, "JSON", reply.status_code))
    assert not wrong


def test_what_is_open_is_open_and_never_the_sign_in_page_for_programs(client, world, settings):
    settings.SIGN_UP = True
    wrong = []
    for route, rule, kind in places(table.ANYBODY):
        reply = request(client, route, rule, kind, world)
        if reply.status_code != rule.answers:
            wrong.append((route.name, reply.status_code))
        reply = request(client, route, rule, kind, world, accept="application/json")
        if "/accounts/login/" in reply.headers.get("Location", ""):
            wrong.append((route.name, "JSON", reply.status_code))
    assert not wrong
    assert client.get("/accounts/login/", headers={"accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("person", [STRANGER, "person", "staff"])
def test_the_admin_is_for_staff_and_each_page_for_its_permission(client, world, person):
    if person != STRANGER:
        client.force_login(world.people[person])
    wrong = []
    for route in table.routes():
        if not route.is_admin or route.name in ("admin:login", "admin:logout"):
            continue
        path = path_of(route, {})
        expected = {302} if person != "staff" else _of_staff(route)
        status = client.get(path).status_code
        if status not in expected:
            wrong.append((route.name, path, status))
        reply = client.get(path, headers={"accept": "application/json"})
        if reply.status_code not in {401, 403, 404} and person != "staff":
            wrong.append((route.name, path, "JSON", reply.status_code))
    assert not wrong


def _of_staff(route):
    """What somebody who may enter the admin and nothing else gets."""
    if route.name in ("admin:index", "admin:jsi18n"):
        return {200}
    if route.name.startswith("admin:password_change"):
        return {200, 302}
    if ":" not in route.name or route.name.startswith("admin/"):
        return {301, 302, 404}  # addresses without a name: redirects, and the last of all
    return {302, 403, 404}


def test_a_name_leads_to_a_repository_that_one_may_read_and_else_nowhere(client, world):
    Repository.objects.filter(url="https://github.com/shop/secret").update(
        added_by=world.people["owner"]
    )
    for name, readers in (("pocket", set(PEOPLE)), ("secret", GIVEN)):
        for person, user in world.people.items():
            client.force_login(user)
            status = client.get(f"/shop/{name}").status_code
            assert (status == 302) == (person in readers), (name, person)


def test_lists_show_what_one_may_read_and_nothing_else(client, world):
    for person, user in world.people.items():
        client.force_login(user)
        for path in ("/", "/parts/choices?q=secret", "/parts/switch?q=secret"):
            shown = "shop/secret" in client.get(path).content.decode()
            assert shown == (person in GIVEN), (person, path)
