"""Search: the right lines, for the right people, within the filters."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.models import Repository
from repos.search import Filters, SearchOptions, read_file, search

pytestmark = pytest.mark.django_db


def paths(repository, question, user_id=OPERATOR_ID, **kwargs):
    options = SearchOptions(**kwargs)
    return [
        p.path for p in search([repository.pk], question, user_id=user_id, options=options).passages
    ]


def test_the_defining_lines_come_first(repository):
    best = search(
        [repository.pk], "how is the discounted total of an order computed?", user_id=OPERATOR_ID
    ).passages[0]
    assert best.path == "shop/prices.py"
    assert "discount" in best.text
    assert best.text == "\n".join(
        read_file(repository, best.path, OPERATOR_ID).text.split("\n")[best.start - 1 : best.end]
    )


def test_a_symbol_or_path_named_outright_comes_first(repository):
    assert paths(repository, "what does sendReceipt do?")[0] == "shop/mail.js"
    assert paths(repository, "explain shop/mail.js please")[0] == "shop/mail.js"


def test_tests_stand_behind_code_unless_asked_for(repository):
    assert paths(repository, "apply_discount amount")[0] == "shop/prices.py"
    assert paths(repository, "which test checks test_discount?")[0] == "tests/test_prices.py"


def test_a_private_repository_gives_nothing_to_anybody_else(
    index_folder, folder, alice, bob, carol
):
    private = index_folder(folder, owner_id=alice.pk, private=True)
    assert paths(private, "discount", user_id=alice.pk)
    assert paths(private, "discount", user_id=bob.pk) == []
    assert paths(private, "discount", user_id=None) == []
    assert read_file(private, "shop/prices.py", bob.pk) is None
    assert read_file(private, "shop/prices.py", alice.pk) is not None
    assert not Repository.objects.readable_by(bob).exists()


def test_it_can_be_shared_with_one_person(index_folder, folder, alice, bob, carol):
    private = index_folder(folder, owner_id=alice.pk, private=True)
    private.readers.add(bob)
    assert paths(private, "discount", user_id=bob.pk)
    assert paths(private, "discount", user_id=carol.pk) == []
    assert Repository.objects.readable_by(bob).count() == 1


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"included_dirs": ["shop"]}, {"shop/prices.py"}),
        ({"excluded_dirs": ["tests"]}, {"shop/prices.py", "README.md"}),
        ({"included_files": ["test_*.py"]}, {"tests/test_prices.py"}),
        ({"excluded_files": ["*.py"]}, {"README.md"}),
        ({"included_dirs": ["shop"], "excluded_files": ["prices.py"]}, set()),
    ],
)
def test_filters_narrow_what_is_found(repository, filters, expected):
    found = set(paths(repository, "prices discount", filters=Filters(**filters), hybrid=False))
    assert found == expected
    assert set(paths(repository, "prices discount", filters=Filters(**filters))) >= expected


def test_the_file_in_focus_steers(repository):
    assert paths(repository, "function", file="shop/mail.js")[0] == "shop/mail.js"


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", ".git/config", "shop/../shop/prices.py", "x" * 5000, ""],
)
def test_a_path_is_only_ever_an_entry_of_the_index(repository, path):
    assert read_file(repository, path, None) is None


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "?!",
        "the of and",
        "'; DROP TABLE repos_chunk; --",
        "{}/1",
        "\ufffd" * 100,
        "a" * 30_000,
        "蓝图",
        "%s %(x)s {scope}",
    ],
)
def test_any_question_is_survived(repository, question):
    search([repository.pk], question, user_id=OPERATOR_ID)


def test_several_repositories_are_ranked_together(index_folder, folder, tmp_path, repository):
    write_files(tmp_path / "second", {"zebra.py": "def zebra_stripes():\n    return 'zebra'\n"})
    second = index_folder(tmp_path / "second")
    found = search([repository.pk, second.pk], "zebra discount", user_id=OPERATOR_ID).passages
    assert {p.repository_id for p in found} == {repository.pk, second.pk}


@pytest.mark.django_db
def test_rights_written_out_are_those_of_the_models(people, repository):
    from django.contrib.auth.models import Group

    from repos.access import find_readable
    from repos.models import Repository

    alice, bob, carol = people["alice"], people["bob"], people["carol"]
    team = Group.objects.create(name="team")
    team.user_set.add(carol)
    base = {"kind": "github", "revision": ""}
    rows = [repository]
    for number, owner in enumerate((alice, alice, alice, bob)):
        rows.append(
            Repository.objects.create(
                url=f"https://x/{number}", name="x", is_private=True, added_by=owner, **base
            )
        )
    rows[2].readers.add(bob)
    rows[3].reader_groups.add(team)
    both = [
        Repository.objects.create(url="https://x/both", name="x", **base),
        Repository.objects.create(
            url="https://x/both", name="x", is_private=True, added_by=alice, **base
        ),
    ]
    seen = set()
    for person in (alice, bob, carol, None):
        identity = person.pk if person else None
        for row in [*rows, *both]:
            wanted = (
                Repository.objects.readable_by(person)
                .filter(url=row.url)
                .order_by("-is_private", "created_at")
                .first()
            )
            found = find_readable(identity, row.url, "")
            assert (found and found.pk) == (wanted and wanted.pk), (person, row.url)
            seen.add(found is None)
    assert seen == {True, False}
    assert find_readable(alice.pk, "https://x/both", "", own=True) == both[1]
    assert find_readable(bob.pk, "https://x/both", "", own=True) is None
    found = find_readable(bob.pk, repository.url, "")
    assert (found.current_index.commit, found.current_index.state) == (
        repository.current_index.commit,
        "ready",
    )


@pytest.fixture
def shared_in_every_way(people, index_folder, folder, tmp_path):
    """Private repositories of alice, each shared in one way, and two without an owner; by name."""
    from django.contrib.auth.models import Group

    team, others = Group.objects.create(name="team"), Group.objects.create(name="others")
    people["carol"].groups.add(team, others)
    rows = {"public": index_folder(folder)}
    Repository.objects.filter(pk=rows["public"].pk).update(host_is_public=True)
    write_files(tmp_path / "folder", {"zebra.py": "def zebra():\n    return 1\n"})
    rows["folder"] = index_folder(tmp_path / "folder")
    for name in ("own", "reader", "group", "both"):
        write_files(tmp_path / name, {"zebra.py": "def zebra():\n    return 1\n"})
        rows[name] = index_folder(tmp_path / name, owner_id=people["alice"].pk, private=True)
    rows["reader"].readers.add(people["bob"], people["carol"])
    rows["group"].reader_groups.add(team, others)
    rows["both"].reader_groups.add(team)
    rows["both"].readers.add(people["carol"])
    return rows


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("alice", {"public", "folder", "own", "reader", "group", "both"}),
        ("bob", {"public", "folder", "reader"}),
        ("carol", {"public", "folder", "reader", "group", "both"}),
        (None, {"public"}),
    ],
)
def test_queryset_compiled_rule_address_search_and_file_agree_on_who_may_read(
    name, readable, people, shared_in_every_way
):
    from django.db import connection

    from repos.access import PersonId, find_readable, readable_repositories

    rows = shared_in_every_way
    user_id = people[name].pk if name else None
    names = {row.pk: key for key, row in rows.items()}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM ({readable_repositories()}) r", {"user": user_id})
        compiled = [pk for (pk,) in cursor.fetchall()]
    of_queryset = Repository.objects.readable_by(PersonId(user_id)).values_list("pk", flat=True)
    hits = search(
        list(names), "zebra discount", user_id=user_id, options=SearchOptions(limit=100)
    ).passages
    assert sorted(compiled) == sorted(of_queryset) and len(compiled) == len(set(compiled))
    assert {names[pk] for pk in compiled} == readable
    assert {names[hit.repository_id] for hit in hits} == readable
    assert {
        key for key, row in rows.items() if find_readable(user_id, row.url, "") == row
    } == readable
    files = {"public": "shop/prices.py"}
    assert {
        key for key, row in rows.items() if read_file(row, files.get(key, "zebra.py"), user_id)
    } == readable


def test_the_compiled_rule_takes_the_person_and_nothing_else():
    from repos.access import readable_repositories

    sql = readable_repositories()
    assert sql.count("%") == sql.count("%(user)s") == 4
