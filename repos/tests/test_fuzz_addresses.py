"""Any text as an address: refused in words, or one https address of the host that was typed."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from repos.sources import KINDS, parse_address
from repos.sources.errors import BadAddress
from repos.sources.hosts import HOSTS, SERVICES
from repos.sources.revisions import possible_names

pytestmark = pytest.mark.fuzz

WORDS = st.sampled_from(
    "tree blob src raw actions wiki issues - _git scm projects repos browse .git x.git a.GIT b @v1 "
    "#main ?h=x ?version=GBmain&path=/a ?at=refs/heads/x + .. . ~u %2F %2e %00 %0a é - -x commit "
    "0123456789abcdef0123456789abcdef01234567 refs/heads/x q/project:a plugins/gitiles".split()
)
HOSTNAMES = st.sampled_from(
    "github.com www.github.com gitlab.com gitlab.example.org bitbucket.org git.example.org example "
    "o.visualstudio.com dev.azure.com codeberg.org git.sr.ht raw.githubusercontent.com [::1] "
    "a.b:8443 bitbucket.x.org x.googlesource.com localhost gist.github.com".split()
)
PREFIXES = st.sampled_from(
    [
        "https://",
        "http://",
        "ssh://git@",
        "git@",
        "",
        "git+https://",
        "https://jo@",
        "git clone ",
        "gh repo clone ",
        "<https://",
        "[x](https://",
        "file://",
        "ext::",
        "-",
        "https://u:p@",
    ]
)
SUFFIXES = st.sampled_from(["", ".git", "/", ">", ")", ".", " dir", "#readme", ".git.git", "/.git"])
PASTED = st.builds(
    lambda prefix, host, joiner, words, suffix: prefix + host + joiner + "/".join(words) + suffix,
    PREFIXES,
    HOSTNAMES,
    st.sampled_from("/:"),
    st.lists(WORDS | st.text(max_size=6), max_size=8),
    SUFFIXES,
)
TEXTS = st.text(max_size=80) | PASTED | st.lists(WORDS, max_size=4).map("/".join)
KIND = st.sampled_from(["", *KINDS])
OUR_HOSTS = {domain for host in (*HOSTS, *SERVICES) for domain in host.domains}


def parsed(text, kind):
    try:
        return parse_address(text, kind)
    except BadAddress:
        return None


@given(TEXTS, KIND)
def test_an_address_is_refused_in_words_or_safe(text, kind):
    address = parsed(text, kind)
    if address is None or address.is_local:
        return
    parts = urlsplit(address.url)
    assert parts.scheme in ("https", "http")
    assert parts.username is None and parts.password is None
    assert not parts.query and not parts.fragment
    assert not address.url.startswith("-")
    assert not any(part.startswith("-") for part in parts.path.split("/"))
    assert parts.path.isascii() and " " not in address.url


@given(TEXTS, KIND)
@example("host.example/%2Fplugins/gitiles/a/b", "")
def test_the_canonical_address_is_its_own_canonical_address(text, kind):
    address = parsed(text, kind)
    if address is None:
        return
    assert parse_address(address.url, address.kind) == address
    assert not parse_address(address.url, address.kind).named_revision.text
    if not address.is_local:
        assert parse_address(address.url, kind).url == address.url


@given(TEXTS, KIND)
def test_no_other_host_is_reached_than_the_one_that_was_typed(text, kind):
    address = parsed(text, kind)
    if address is None or address.is_local:
        return
    hostname = address.hostname
    assert hostname in OUR_HOSTS or hostname in text.lower() or not text.isascii()


@given(TEXTS, KIND)
def test_a_revision_in_an_address_never_looks_like_an_option(text, kind):
    address = parsed(text, kind)
    names = possible_names(address.named_revision) if address else ()
    assert not any(name.startswith("-") for name in names)
