"""Which repositories people without an account may read: those of public hosts, and no others."""

import pytest
from django.core.management import call_command

from deepwiki.foundation.sql import execute
from repos import jobs
from repos.access import PersonId, public_hosts
from repos.models import IndexJob, Repository
from repos.services import add, find, find_or_add
from repos.sources import has_public_host, network_policy, parse_address
from repos.sources.errors import AddressRefused, NotFound
from repos.testing import GitHost, make_repository

ALLOWED = ["git.internal.example", "10.1.2.3", "git.example.org:8443", "github.example.com"]
STRANGER = PersonId(None)


@pytest.mark.parametrize(
    ("address", "is_public", "behind_proxy"),
    [
        ("https://github.com/team/tool", True, True),
        ("https://gitlab.com/team/sub/tool", True, True),
        ("https://codeberg.org/team/tool", True, True),
        ("https://dev.azure.com/team/project/_git/tool", True, True),
        ("https://team.visualstudio.com/project/_git/tool", True, True),
        ("https://git.example.org/team/tool", True, False),
        ("https://git.example.org:9000/team/tool", True, False),
        ("https://git.example.org:8443/team/tool", False, False),
        ("https://git.internal.example/team/tool", False, False),
        ("https://GIT.internal.example./team/tool", False, False),
        ("https://git.internal.example:9000/team/tool", False, False),
        ("https://github.example.com/team/tool", False, False),
        ("http://git.example.org/team/tool", False, False),
        ("https://git.example.org:22/team/tool", False, False),
        ("https://10.1.2.3/team/tool", False, False),
        ("https://8.8.8.8/team/tool", False, False),
        ("https://[2606:4700::1111]/team/tool", False, False),
        ("https://2130706433.0x7f/team/tool", False, False),
        ("https://localhost/team/tool", False, False),
        ("https://git.localhost/team/tool", False, False),
        ("https://printer.local/team/tool", False, False),
        ("https://git.corp/team/tool", False, False),
        ("https://git.lan/team/tool", False, False),
        ("https://nas.home.arpa/team/tool", False, False),
        ("https://git.service.internal/team/tool", False, False),
        ("https://abc.onion/team/tool", False, False),
        ("/srv/checkout", False, False),
    ],
)
def test_a_public_host_is_named_and_neither_allowed_nor_of_a_private_network(
    address, is_public, behind_proxy
):
    parsed = parse_address(address)
    assert has_public_host(parsed, ALLOWED) == is_public
    assert has_public_host(parsed, ALLOWED, through_proxy=True) == behind_proxy


def test_a_public_host_does_not_lead_to_one_that_only_this_server_reaches():
    public, other = (
        parse_address(f"https://{name}/team/tool") for name in ("github.com", "git.example.com")
    )
    private = parse_address("https://git.internal.example/team/tool")
    network_policy.check_move(public, other, ALLOWED)
    network_policy.check_move(private, private, ALLOWED)
    network_policy.check_move(private, public, ALLOWED)
    with pytest.raises(AddressRefused):
        network_policy.check_move(public, private, iter(ALLOWED))


def names(person=STRANGER):
    return set(Repository.objects.readable_by(person).values_list("name", flat=True))


@pytest.mark.django_db
def test_a_row_is_of_a_public_host_by_its_address_and_the_settings(settings, alice):
    settings.CLONE_ALLOW = ["git.internal.example"]
    for address in ("team/tool", "https://git.internal.example/team/own", "/srv/folder"):
        add(parse_address(address), None)
    add(parse_address("team/secret"), alice.pk, token="tok-1")
    assert names() == {"team/tool"}
    assert names(PersonId(0)) == {"team/tool", "team/own", "folder"}
    assert names(alice) == {"team/tool", "team/own", "folder", "team/secret"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/srv/folder", "https://git.internal.example/team/own", "https://git.local/a/b"],
)
def test_a_stranger_neither_finds_nor_adds_what_is_not_of_a_public_host(settings, address):
    settings.CLONE_ALLOW = ["git.internal.example"]
    for exists in (False, True):
        if exists:
            add(parse_address(address), None)
        assert find(None, address) is None
        with pytest.raises(NotFound, match="or you may not see it"):
            find_or_add(None, address)
        assert Repository.objects.count() == IndexJob.objects.count() + exists == exists


@pytest.mark.django_db
def test_a_row_from_before_its_host_counted_as_public_is_not_given_to_a_stranger(alice):
    repository = add(parse_address("https://git.example.org/team/tool"), None)
    Repository.objects.update(host_is_public=False)
    with pytest.raises(NotFound):
        find_or_add(None, repository.url)
    assert find_or_add(alice, repository.url) == repository


@pytest.mark.django_db
def test_a_setting_takes_the_mark_away_and_only_a_fetch_gives_it_back(settings):
    add(parse_address("https://git.example.org/team/tool"), None)
    add(parse_address("team/tool"), None)
    assert public_hosts.withdraw() == 0
    settings.CLONE_ALLOW = ["git.example.org"]
    assert public_hosts.withdraw() == 1
    settings.CLONE_ALLOW = []
    assert public_hosts.withdraw() == 0
    repository = Repository.objects.get(host_is_public=False)
    repository.save()  # an edit in the admin is no fetch
    assert not Repository.objects.get(pk=repository.pk).host_is_public
    public_hosts.record_fetch(repository)
    assert Repository.objects.get(pk=repository.pk).host_is_public


@pytest.mark.django_db
def test_an_edited_address_never_makes_a_folder_readable_by_strangers():
    repository = add(parse_address("/srv/folder"), None)
    repository.kind, repository.url = "github", "https://github.com/team/tool"
    repository.save()
    assert names() == set()
    tool = add(parse_address("team/other"), None)
    tool.kind, tool.url = "local", "/srv/other"
    tool.save(update_fields=["kind", "url"])
    assert names() == set()


@pytest.mark.django_db
def test_what_is_fetched_from_an_allowed_host_is_not_for_strangers(tmp_path, settings):
    with GitHost(tmp_path / "served") as host:
        settings.CLONE_ALLOW = [host.netloc]
        make_repository(host.root / "tool", {"a.py": "def zebra():\n    return 1\n"})
        repository = add(parse_address(f"{host.url}/tool", "git"), None)
        Repository.objects.update(host_is_public=True)
        assert jobs.run(jobs.request(repository, start=False)[0].pk).state == IndexJob.State.DONE
    assert names() == set()
    assert names(PersonId(0)) == {"tool"}


@pytest.mark.django_db(transaction=True)
def test_rows_of_the_release_before_are_for_strangers_only_at_well_known_services(settings):
    settings.CLONE_ALLOW = ["gitlab.com:443"]
    for address in ("team/tool", "https://git.example.org/a/b", "https://gitlab.com/a/b", "/srv/x"):
        add(parse_address(address), None)
    try:
        call_command("migrate", "repos", "0013_database_defaults", verbosity=0)
        execute("UPDATE repos_repository SET used_at = now()")
    finally:
        call_command("migrate", verbosity=0)
    assert names() == {"team/tool"}
