"""The kinds of git host, one frozen `Host` each. Adding one is one entry in HOSTS.

Addresses, git, webhooks, forms and the choices of the model iterate HOSTS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote

# Pages of a repository whose addresses people paste: everything from here on is cut off.
PAGE_SUFFIX = re.compile(
    r"/(-/)?(tree|blob|commits?|src|pull|issues|merge_requests|wiki|releases|actions)(/.*)?$"
)


@dataclass(frozen=True)
class Webhook:
    """HTTP headers of a host's webhooks.

    `signatures` are (header, prefix) pairs: prefix plus the hexadecimal HMAC-SHA-256 of
    the body. `secret_header` contains the secret itself. `event_headers` contain the
    name of the event.
    """

    signatures: tuple[tuple[str, str], ...] = ()
    secret_header: str = ""
    event_headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Host:
    """One kind of git host and its public service.

    kind             stored value and value of `type` in requests
    label            name shown to people
    domains          host names of the public service, the canonical one first
    aliases          host names that are replaced by the canonical one
    subdomains_of    the public service also answers at any name with this ending
    keyword          an unknown host whose name contains it is of this kind
    keyword_required a declared kind counts only if the host's name contains the keyword
    min_parts        fewest path parts of a repository at the public service
    max_parts        parts after these are cut off at the public service; None keeps all
    lowercase        names in any case are one repository at the public service
    page_suffix      end of a path that names a page of the repository, to be cut off
    git_suffix       ending of the address that git uses
    token_user       user name that accompanies an access token
    blob_page        address of a file: {url}, {commit}, {path}
    blob_lines       appended to it for lines: {start}, {end}, {next} (end + 1)
    """

    kind: str
    label: str
    domains: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    subdomains_of: str = ""
    keyword: str = ""
    keyword_required: bool = False
    min_parts: int = 1
    max_parts: int | None = None
    lowercase: bool = False
    page_suffix: re.Pattern[str] = PAGE_SUFFIX
    git_suffix: str = ".git"
    token_user: str = "x-access-token"  # noqa: S105 - a user name
    blob_page: str = ""
    blob_lines: str = ""
    webhook: Webhook = field(default_factory=Webhook)

    def is_public(self, hostname: str) -> bool:
        """Whether `hostname` is the public service of this kind."""
        if hostname in self.domains:
            return True
        return bool(self.subdomains_of) and hostname.endswith(self.subdomains_of)

    def may_be_declared(self, hostname: str) -> bool:
        """Whether a person may say that the host named `hostname` is of this kind."""
        return not self.keyword_required or self.keyword in hostname

    def strip_page(self, path: str) -> str:
        """`path` up to the repository, without a page such as `/tree/main/src`."""
        return self.page_suffix.sub("", path)

    def blob_url(self, url: str, commit: str, path: str, start: int, end: int) -> str:
        """Address of lines `start`..`end` of a file at a commit.

        Empty for a host without such a page; the whole file if `start` is 0.
        """
        if not self.blob_page:
            return ""
        page = self.blob_page.format(url=url, commit=commit, path=quote(path))
        if not start:
            return page
        return page + self.blob_lines.format(start=start, end=end, next=end + 1)


GITHUB = Host(
    kind="github",
    label="GitHub",
    domains=("github.com",),
    aliases=("www.github.com",),
    keyword="github",
    keyword_required=True,
    min_parts=2,
    max_parts=2,
    lowercase=True,
    blob_page="{url}/blob/{commit}/{path}",
    blob_lines="#L{start}-L{end}",
    webhook=Webhook(
        signatures=(("X-Hub-Signature-256", "sha256="),),
        event_headers=("X-GitHub-Event",),
    ),
)
GITLAB = Host(
    kind="gitlab",
    label="GitLab",
    domains=("gitlab.com",),
    keyword="gitlab",
    min_parts=2,
    lowercase=True,
    token_user="oauth2",  # noqa: S106 - a user name
    blob_page="{url}/-/blob/{commit}/{path}",
    blob_lines="#L{start}-{end}",
    webhook=Webhook(secret_header="X-Gitlab-Token", event_headers=("X-Gitlab-Event",)),  # noqa: S106 - a header
)
BITBUCKET = Host(
    kind="bitbucket",
    label="Bitbucket",
    domains=("bitbucket.org",),
    keyword="bitbucket",
    min_parts=2,
    lowercase=True,
    token_user="x-token-auth",  # noqa: S106 - a user name
    blob_page="{url}/src/{commit}/{path}",
    blob_lines="#lines-{start}:{end}",
    webhook=Webhook(signatures=(("X-Hub-Signature", "sha256="),), event_headers=("X-Event-Key",)),
)
# Gitea and its fork Forgejo.
GITEA = Host(
    kind="gitea",
    label="Gitea",
    domains=("codeberg.org",),
    keyword="gitea",
    min_parts=2,
    lowercase=True,
    blob_page="{url}/src/commit/{commit}/{path}",
    blob_lines="#L{start}-L{end}",
    webhook=Webhook(
        signatures=(("X-Gitea-Signature", ""), ("X-Forgejo-Signature", "")),
        event_headers=("X-Gitea-Event", "X-Forgejo-Event"),
    ),
)
AZURE = Host(
    kind="azure",
    label="Azure DevOps",
    domains=("dev.azure.com",),
    subdomains_of=".visualstudio.com",
    git_suffix="",
    token_user="",
    blob_page="{url}?path=/{path}&version=GC{commit}",
    blob_lines="&line={start}&lineEnd={next}&lineStartColumn=1&lineEndColumn=1",
)
GIT = Host(kind="git", label="Git")  # any other git server

HOSTS = (GITHUB, GITLAB, BITBUCKET, GITEA, AZURE, GIT)
BY_KIND = {host.kind: host for host in HOSTS}

LOCAL = "local"  # the kind of a folder on this machine, which has no host
KINDS = (*(host.kind for host in HOSTS), LOCAL)


def canonical_hostname(hostname: str) -> str:
    """`hostname`, or the canonical name of the public service it is an alias of."""
    for host in HOSTS:
        if hostname in host.aliases:
            return host.domains[0]
    return hostname


def host_of(hostname: str, declared_kind: str = "") -> Host:
    """The kind of the host named `hostname`.

    A public service is what it is; then the declared kind counts, then the name.
    """
    for host in HOSTS:
        if host.is_public(hostname):
            return host
    declared = BY_KIND.get(declared_kind)
    if declared is not None and declared.may_be_declared(hostname):
        return declared
    for host in HOSTS:
        if host.keyword and host.keyword in hostname:
            return host
    return GIT
