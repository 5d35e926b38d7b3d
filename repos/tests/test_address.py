"""What people type, and where the server does not go."""

import pytest

from repos.sources import KINDS, network_policy, parse_address
from repos.sources.errors import AddressRefused, BadAddress, SourceError, Unreachable
from repos.sources.revisions import check_revision


@pytest.mark.parametrize(
    "text",
    [
        "pallets/flask",
        "https://github.com/pallets/flask",
        "https://github.com/pallets/flask.git",
        "https://GitHub.com/Pallets/Flask/",
        "http://github.com:80/pallets/flask".replace("http://", "https://").replace(":80", ":443"),
        "github.com/pallets/flask",
        "https://github.com./pallets/flask",
        "https://github.com/pallets/flask/tree/main/src",
        "https://github.com/pallets/flask/blob/main/a.py",
    ],
)
def test_one_repository_has_one_spelling(text):
    address = parse_address(text)
    assert (address.url, address.name, address.kind) == (
        "https://github.com/pallets/flask",
        "pallets/flask",
        "github",
    )


@pytest.mark.parametrize(
    ("text", "kind", "url"),
    [
        ("https://gitlab.com/group/sub/project", "gitlab", "https://gitlab.com/group/sub/project"),
        (
            "https://git.example.org:8443/team/tool.git",
            "git",
            "https://git.example.org:8443/team/tool",
        ),
        (
            "https://dev.azure.com/org/project/_git/repo",
            "azure",
            "https://dev.azure.com/org/project/_git/repo",
        ),
        ("https://codeberg.org/a/b", "gitea", "https://codeberg.org/a/b"),
        ("https://gitlab.example.org/a/b", "gitlab", "https://gitlab.example.org/a/b"),
    ],
)
def test_every_common_host_is_understood(text, kind, url):
    address = parse_address(text)
    assert (address.kind, address.url) == (kind, url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "file:///etc",
        "ssh://git:pw@github.com/a/b",
        "git://github.com/a/b",
        "ftp://x.org/a/b",
        "ext::sh -c id",
        "fd::17",
        "gopher://x.org/a",
        "https://user:pw@github.com/a/b",
        "https://token@github.com/a/b",
        "--upload-pack=touch /tmp/x",
        "-oProxyCommand=x/y",
        "https://github.com/a/--upload-pack=x",
        "https://github.com/a/b\nc",
        "https://github.com/a/$(id)",
        "https://github.com/a/`id`",
        "https://github.com/a/b;id",
        "https://github.com/a/../b/..",
        "https://github.com",
        "https://github.com/a",
        "https:///a/b",
        "https://exa mple.org/a/b",
        "x" * 2000,
        "a/b/c d\x00",
        "https://github.com/a/b\u202e",
        "/relative/../..\\x",
        "not an address",
    ],
)
def test_what_is_no_address_is_refused_before_anything_happens(text):
    with pytest.raises(BadAddress):
        parse_address(text)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "240.0.0.1",
        "198.18.0.1",
        "fe80::1%eth0",
    ],
)
def test_addresses_that_are_not_public_are_refused(ip):
    with pytest.raises(AddressRefused):
        network_policy.check(
            parse_address("https://evil.example.org/a/b"), resolver=lambda host, port: [ip]
        )


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.0.0.1", "[::1]", "8.8.8.8"]
)
def test_hosts_given_as_numbers_are_refused(host):
    def must_not_resolve(host, port):
        raise AssertionError("resolved")

    with pytest.raises(SourceError):
        network_policy.check(parse_address(f"https://{host}/a/b"), resolver=must_not_resolve)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(AddressRefused):
        network_policy.check(
            parse_address("https://x.example.org/a/b"),
            resolver=lambda h, p: ["93.184.216.34", "10.0.0.1"],
        )


def test_the_connection_is_pinned_to_what_was_checked():
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    pinned = network_policy.check(
        parse_address("https://x.example.org/a/b"), resolver=lambda h, p: next(answers)
    )
    assert pinned.addresses == ("93.184.216.34",)


def test_an_allowed_private_host_may_be_reached_at_its_port_only():
    address = parse_address("http://git.internal.example:8080/a/b")
    assert network_policy.check(
        address, ["git.internal.example:8080"], lambda h, p: ["10.0.0.9"]
    ).addresses == ("10.0.0.9",)
    with pytest.raises(AddressRefused):
        network_policy.check(
            parse_address("http://git.internal.example:8081/a/b"),
            ["git.internal.example:8080"],
            lambda h, p: ["10.0.0.9"],
        )


def test_plain_http_and_the_ports_of_other_services_need_to_be_allowed():
    for text in (
        "http://x.example.org/a/b",
        "https://x.example.org:22/a/b",
        "https://x.example.org:25/a/b",
    ):
        with pytest.raises(AddressRefused):
            network_policy.check(parse_address(text), resolver=lambda h, p: ["93.184.216.34"])


def test_any_other_https_port_of_a_public_host_may_be_used():
    address = parse_address("https://x.example.org:7990/scm/team/tool.git")
    assert network_policy.check(address, resolver=lambda h, p: ["93.184.216.34"]).port == 7990


def test_behind_a_proxy_a_name_unknown_here_is_left_to_the_proxy():
    def fails(host, port):
        raise OSError

    address = parse_address("https://x.example.org/a/b")
    assert network_policy.check(address, resolver=fails, through_proxy=True).addresses == ()
    with pytest.raises(AddressRefused):
        network_policy.check(address, resolver=lambda h, p: ["10.0.0.1"], through_proxy=True)


def test_a_name_that_does_not_resolve_says_so():
    def fails(host, port):
        raise OSError

    with pytest.raises(Unreachable, match="could not be found"):
        network_policy.check(parse_address("https://nowhere.example.org/a/b"), resolver=fails)


@pytest.mark.parametrize(
    "name",
    [
        "-x",
        "--upload-pack=x",
        "a..b",
        "a b",
        "a~1",
        "a^",
        "a:b",
        "x" * 300,
        "a\nb",
        "@{u}",
        "/a//b",
        "a.lock",
    ],
)
def test_a_revision_that_could_be_an_option_or_an_expression_is_refused(name):
    with pytest.raises(BadAddress):
        check_revision(name)


@pytest.mark.parametrize(
    "name",
    ["main", "release/1.2", "v1.0.0", "0123456789abcdef0123456789abcdef01234567", "feature/ümlaut"],
)
def test_ordinary_revisions_are_taken(name):
    assert check_revision(name) == name


def test_the_kinds_of_host_are_those_of_the_model():
    from repos.models import Repository
    from repos.sources import HOSTS

    assert [kind for kind, _ in Repository._meta.get_field("kind").choices] == list(KINDS)
    assert len({host.kind for host in HOSTS}) == len(HOSTS)


def test_an_error_has_a_code_and_a_sentence():
    with pytest.raises(BadAddress) as caught:
        parse_address("a/b", "svn")
    assert caught.value.code == "unknown_kind"
    assert str(caught.value) == f"type must be one of {', '.join(KINDS)}."
    stored = SourceError.from_text("What a job {said}.")
    assert (stored.code, str(stored)) == ("text", "What a job {said}.")


def test_links_lead_to_the_lines_at_the_commit():
    assert (
        parse_address("a/b").blob_url("c0ffee", "src/x y.py", 3, 9)
        == "https://github.com/a/b/blob/c0ffee/src/x%20y.py#L3-L9"
    )
    assert (
        parse_address("https://gitlab.com/a/b")
        .blob_url("c", "x.py", 3, 9)
        .endswith("/-/blob/c/x.py#L3-9")
    )
