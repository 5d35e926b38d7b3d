"""What one kind of git host is: addresses, tokens, pages, webhooks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from repos.sources.host_pages import (
    NO_REVISION,
    NamedRevision,
    PageRule,
    PastedUrl,
    RevisionParameter,
    fragment_revision,
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
class Alias:
    """Another host name of a public service; `pages` are its own forms of page, if any."""

    domain: str
    pages: tuple[PageRule, ...] = ()


@dataclass(frozen=True)
class Host:
    """One kind of git host.

    kind                stored value and value of `type` in requests
    label               name shown to people
    domains             host names of the public service, the canonical one first
    aliases             host names that are replaced by the canonical one
    owner_subdomains_of `<owner>` + this ending stands for the canonical name with
                        `<owner>` as first part of the path
    keywords            an unknown host whose name contains one is of this kind
    keyword_required    a declared kind counts only if the host's name contains a keyword
    self_hosted         the rules of other people's servers of this kind, if they differ
    min_parts           fewest path parts of a repository at the public service
    max_parts           parts after these are cut off at the public service; None keeps all
    lowercase           names in any case are one repository
    names_user          addresses may name a user, as some hosts' Clone button does
    token_prefixes      how its access tokens begin
    programs            programs for the command line that name its repositories
    at_sign_revision    `owner/repository@revision` names a revision
    pages               the forms of its pages; the first that matches counts
    revision_parameters query parameters that name a revision
    path_parameter      query parameter that names a file
    ssh_prefix          put before a path of ssh, it is the path of https
    git_suffix          ending of the address that git uses
    token_user          user name that accompanies an access token
    web_path            (pattern, replacement) from a repository's path to that of its page
    blob_page           address of a file: {url}, {commit}, {path}
    blob_lines          appended to it for lines: {start}, {end}, {next} (end + 1)
    blame_page          address of who wrote each line of a file, as blob_page
    """

    kind: str
    label: str
    domains: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    owner_subdomains_of: str = ""
    keywords: tuple[str, ...] = ()
    keyword_required: bool = False
    self_hosted: Host | None = None
    min_parts: int = 1
    max_parts: int | None = None
    lowercase: bool = False
    names_user: bool = True
    token_prefixes: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    at_sign_revision: bool = False
    pages: tuple[PageRule, ...] = ()
    revision_parameters: tuple[RevisionParameter, ...] = ()
    path_parameter: str = ""
    ssh_prefix: str = ""
    git_suffix: str = ".git"
    token_user: str = "x-access-token"  # noqa: S105 - a user name
    web_path: tuple[str, str] = ("$^", "")
    blob_page: str = ""
    blob_lines: str = ""
    blame_page: str = ""
    webhook: Webhook = field(default_factory=Webhook)

    def is_public(self, hostname: str) -> bool:
        """Whether `hostname` is the public service of this kind."""
        return hostname in self.domains

    def alias(self, hostname: str) -> Alias | None:
        """The alias of the public service that `hostname` is."""
        return next((alias for alias in self.aliases if alias.domain == hostname), None)

    def owner_of(self, hostname: str) -> str:
        """The owner in a host name of the public service, empty if there is none."""
        ending = self.owner_subdomains_of
        if ending and hostname.endswith(ending):
            return hostname.removesuffix(ending)
        return ""

    def has_keyword(self, hostname: str) -> bool:
        """Whether the name of a host says that it is of this kind."""
        return any(keyword in hostname for keyword in self.keywords)

    def may_be_declared(self, hostname: str) -> bool:
        """Whether a person may say that the host named `hostname` is of this kind."""
        return not self.keyword_required or self.has_keyword(hostname)

    def at(self, hostname: str) -> Host:
        """The rules that hold at `hostname`, a host of this kind."""
        if self.self_hosted is None or self.is_public(hostname):
            return self
        return self.self_hosted

    def locate(self, url: PastedUrl, pages: tuple[PageRule, ...] = ()) -> tuple[str, NamedRevision]:
        """The percent-encoded path of the repository at `url`, and the revision it names.

        `pages` are used in place of the host's own.
        """
        path, revision = url.path, NO_REVISION
        for rule in pages or self.pages:
            if match := rule.match(url):
                path, revision = rule.repository_path(match), rule.named_revision(match)
                break
        else:
            revision = fragment_revision(url)
        return path, self._with_parameters(revision, url)

    def blob_url(self, url: str, commit: str, path: str, start: int, end: int) -> str:
        """Address of lines `start`..`end` of a file at a commit.

        Empty for a host without such a page; the whole file if `start` is 0.
        """
        return self._file_page(self.blob_page, url, commit, path) + self._lines(start, end)

    def blame_url(self, url: str, commit: str, path: str, start: int, end: int) -> str:
        """Address of who wrote these lines, as `blob_url`."""
        if not self.blame_page:
            return ""
        return self._file_page(self.blame_page, url, commit, path) + self._lines(start, end)

    def _file_page(self, page: str, url: str, commit: str, path: str) -> str:
        web_url = re.sub(*self.web_path, url)
        return page.format(url=web_url, commit=commit, path=quote(path))

    def _lines(self, start: int, end: int) -> str:
        if not start or not self.blob_page:
            return ""
        return self.blob_lines.format(start=start, end=end, next=end + 1)

    def _with_parameters(self, revision: NamedRevision, url: PastedUrl) -> NamedRevision:
        """What the query names in place of what the path does."""
        revisions = (parameter.named_revision(url) for parameter in self.revision_parameters)
        named = next((each for each in revisions if each.text), None)
        if named is not None:
            revision = replace(named, path=revision.path)
        if self.path_parameter:
            return replace(revision, path=url.parameter(self.path_parameter))
        return revision
