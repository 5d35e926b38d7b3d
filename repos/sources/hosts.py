"""The kinds of git host, one frozen `Host` each. Adding one is one entry in HOSTS.

Addresses, git, webhooks, forms and the choices of the model iterate HOSTS. SERVICES are
public services of a kind, with rules of their own.
"""

from __future__ import annotations

from repos.sources.host import Alias, Host, Webhook
from repos.sources.host_pages import COMMIT, PageRule, RevisionParameter
from repos.sources.server_pages import (
    AZURE_PAGES,
    BITBUCKET_PROJECT,
    BITBUCKET_USER,
    SERVER_PAGES,
)

OWNER_REPO = r"(?P<repo>[^/]+/[^/]+)"
PROJECT = r"(?P<repo>[^/]+/.+?)"  # below any number of groups
REF_PREFIX = r"(?:refs/(?:heads|tags)/)?"
PATH = r"(?P<path>.*)"
AT_COMMIT = rf"(?P<ref>{COMMIT})(?:/{PATH})?"
AT_REF = rf"(?P<ref>[^/]+)(?:/{PATH})?"
ARCHIVE = r"\.(?:zip|tar\.gz|tar\.bz2|tar|bundle)"

GITHUB = Host(
    kind="github",
    label="GitHub",
    domains=("github.com",),
    aliases=(
        Alias("www.github.com"),
        Alias("ssh.github.com"),
        Alias("github.dev"),
        Alias(
            "raw.githubusercontent.com",
            (
                PageRule(rf"{OWNER_REPO}/(?P<ref>{COMMIT})/{PATH}"),
                PageRule(rf"{OWNER_REPO}/{REF_PREFIX}(?P<tail>.+)"),
            ),
        ),
        Alias(
            "codeload.github.com",
            (PageRule(rf"{OWNER_REPO}/(?:legacy\.)?(?:zip|tar\.gz)/{REF_PREFIX}(?P<ref>.+)"),),
        ),
        Alias("api.github.com", (PageRule(rf"repos/{OWNER_REPO}(?:/.*)?"),)),
    ),
    keywords=("github",),
    keyword_required=True,
    min_parts=2,
    max_parts=2,
    lowercase=True,
    names_user=False,
    token_prefixes=("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    programs=("gh", "hub"),
    at_sign_revision=True,
    pages=(
        PageRule(rf"{OWNER_REPO}/(?:tree|blob|raw|blame|edit|commits?)/{AT_COMMIT}"),
        PageRule(rf"{OWNER_REPO}/(?:tree|blob|raw|blame|edit|commits)/{REF_PREFIX}(?P<tail>.+)"),
        PageRule(rf"{OWNER_REPO}/commit/(?P<ref>[^/]+)(?:/.*)?"),
        PageRule(rf"{OWNER_REPO}/releases/(?:tag|download)/(?P<ref>[^/]+)(?:/.*)?"),
        PageRule(rf"{OWNER_REPO}/archive/{REF_PREFIX}(?P<ref>.+?){ARCHIVE}"),
        PageRule(rf"{OWNER_REPO}/pull/(?P<ref>\d+)(?:/.*)?", revision="refs/pull/{ref}/head"),
        PageRule(
            rf"{OWNER_REPO}/(?:tree|blob|issues|pulls?|actions|wiki|releases|tags|branches|commits?"
            r"|discussions|projects|security|pulse|network|settings|compare|packages|labels)(?:/.*)?"
        ),
    ),
    blob_page="{url}/blob/{commit}/{path}",
    blob_lines="#L{start}-L{end}",
    blame_page="{url}/blame/{commit}/{path}",
    webhook=Webhook((("X-Hub-Signature-256", "sha256="),), event_headers=("X-GitHub-Event",)),
)
GITLAB = Host(
    kind="gitlab",
    label="GitLab",
    domains=("gitlab.com",),
    aliases=(Alias("www.gitlab.com"), Alias("altssh.gitlab.com")),
    keywords=("gitlab",),
    min_parts=2,
    lowercase=True,
    token_prefixes=("glpat-", "gloas-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-"),
    programs=("glab",),
    token_user="oauth2",  # noqa: S106 - a user name
    pages=(
        PageRule(rf"{PROJECT}/-/(?:tree|blob|raw|blame|edit|commits?)/{AT_COMMIT}"),
        PageRule(rf"{PROJECT}/-/(?:tree|blob|raw|blame|edit|commits)/{REF_PREFIX}(?P<tail>.+)"),
        PageRule(rf"{PROJECT}/-/(?:commit|tags|releases|archive)/(?P<ref>[^/]+)(?:/.*)?"),
        PageRule(
            rf"{PROJECT}/-/merge_requests/(?P<ref>\d+)(?:/.*)?",
            revision="refs/merge-requests/{ref}/head",
        ),
        PageRule(rf"{PROJECT}/-(?:/.*)?"),
        # Before GitLab 12.8 pages came without `/-/`. A project in nested groups may have
        # such a path, unless a whole commit or lines of a file follow.
        PageRule(rf"{PROJECT}/(?:tree|blob|raw|blame|commits?)/{AT_COMMIT}"),
        PageRule(rf"{PROJECT}/blob/(?P<tail>.+)", fragment=r"L\d"),
    ),
    blob_page="{url}/-/blob/{commit}/{path}",
    blob_lines="#L{start}-{end}",
    blame_page="{url}/-/blame/{commit}/{path}",
    webhook=Webhook(secret_header="X-Gitlab-Token", event_headers=("X-Gitlab-Event",)),  # noqa: S106 - a header
)
BITBUCKET_SERVER = Host(
    kind="bitbucket",
    label="Bitbucket Data Center",
    lowercase=True,
    token_user="x-token-auth",  # noqa: S106 - a user name
    ssh_prefix="scm/",
    pages=(
        PageRule(
            rf"{BITBUCKET_PROJECT}/commits/(?P<ref>{COMMIT})(?:/.*)?",
            repository="{base}scm/{project}/{slug}",
        ),
        PageRule(
            rf"{BITBUCKET_PROJECT}(?:/(?:browse|raw)/{PATH}|/.*)?",
            repository="{base}scm/{project}/{slug}",
        ),
        PageRule(rf"{BITBUCKET_USER}(?:/.*)?", repository="{base}scm/~{project}/{slug}"),
    ),
    revision_parameters=(RevisionParameter("at"), RevisionParameter("until")),
    web_path=(r"/scm/([^/]+)/([^/]+)$", r"/projects/\1/repos/\2"),
    blob_page="{url}/browse/{path}?at={commit}",
    blob_lines="#{start}-{end}",
)
BITBUCKET = Host(
    kind="bitbucket",
    label="Bitbucket",
    domains=("bitbucket.org",),
    aliases=(
        Alias("www.bitbucket.org"),
        Alias("altssh.bitbucket.org"),
        Alias("api.bitbucket.org", (PageRule(rf"2\.0/repositories/{OWNER_REPO}(?:/.*)?"),)),
    ),
    keywords=("bitbucket",),
    self_hosted=BITBUCKET_SERVER,
    token_prefixes=("ATBB", "ATCTT", "ATATT", "BBDC-"),
    min_parts=2,
    max_parts=2,
    lowercase=True,
    token_user="x-token-auth",  # noqa: S106 - a user name
    pages=(
        PageRule(rf"{OWNER_REPO}/(?:src|raw|annotate|commits)/{AT_COMMIT}"),
        PageRule(rf"{OWNER_REPO}/branch/(?P<ref>.+)"),
        PageRule(rf"{OWNER_REPO}/commits/(?:branch|tag)/(?P<ref>.+)"),
        PageRule(rf"{OWNER_REPO}/(?:src|raw|annotate)/(?P<tail>.+)"),
        PageRule(rf"{OWNER_REPO}/get/(?P<ref>.+?){ARCHIVE}"),
    ),
    revision_parameters=(RevisionParameter("at"),),
    blob_page="{url}/src/{commit}/{path}",
    blob_lines="#lines-{start}:{end}",
    blame_page="{url}/annotate/{commit}/{path}",
    webhook=Webhook(signatures=(("X-Hub-Signature", "sha256="),), event_headers=("X-Event-Key",)),
)
# Gitea and its fork Forgejo.
GITEA = Host(
    kind="gitea",
    label="Gitea",
    domains=("codeberg.org", "gitea.com"),
    aliases=(Alias("www.codeberg.org"),),
    keywords=("gitea", "forgejo"),
    min_parts=2,
    max_parts=2,
    lowercase=True,
    pages=(
        PageRule(rf"{OWNER_REPO}/(?:src|raw|media|blame)/commit/{AT_REF}"),
        PageRule(rf"{OWNER_REPO}/commits?/(?P<ref>{COMMIT})(?:/.*)?"),
        PageRule(rf"{OWNER_REPO}/(?:src|raw|media|blame|commits)/(?:branch|tag)/(?P<tail>.+)"),
        PageRule(rf"{OWNER_REPO}/commit/(?P<ref>[^/]+)(?:/.*)?"),
        PageRule(rf"{OWNER_REPO}/releases/(?:tag|download)/(?P<ref>[^/]+)(?:/.*)?"),
        PageRule(rf"{OWNER_REPO}/archive/(?P<ref>.+?){ARCHIVE}"),
        PageRule(rf"{OWNER_REPO}/pulls/(?P<ref>\d+)(?:/.*)?", revision="refs/pull/{ref}/head"),
        PageRule(
            rf"{OWNER_REPO}/(?:src|issues|pulls|actions|wiki|releases|tags|branches|commits?"
            r"|projects|packages|activity|settings|compare|graph)(?:/.*)?"
        ),
    ),
    blob_page="{url}/src/commit/{commit}/{path}",
    blob_lines="#L{start}-L{end}",
    blame_page="{url}/blame/commit/{commit}/{path}",
    webhook=Webhook(
        signatures=(("X-Gitea-Signature", ""), ("X-Forgejo-Signature", "")),
        event_headers=("X-Gitea-Event", "X-Forgejo-Event"),
    ),
)
AZURE_VERSION = RevisionParameter("version", {"GB": "", "GT": "refs/tags/", "GC": ""})
AZURE = Host(
    kind="azure",
    label="Azure DevOps",
    domains=("dev.azure.com",),
    aliases=(Alias("ssh.dev.azure.com"), Alias("vs-ssh.visualstudio.com")),
    owner_subdomains_of=".visualstudio.com",
    lowercase=True,
    pages=(
        PageRule(
            r"v3/(?P<owner>[^/]+)/(?P<project>[^/]+)/(?P<name>[^/]+)",
            repository="{owner}/{project}/_git/{name}",
        ),
        *AZURE_PAGES,
    ),
    revision_parameters=(AZURE_VERSION,),
    path_parameter="path",
    git_suffix="",
    token_user="",
    blob_page="{url}?path=/{path}&version=GC{commit}",
    blob_lines="&line={start}&lineEnd={next}&lineStartColumn=1&lineEndColumn=1",
    blame_page="{url}?path=/{path}&version=GC{commit}&_a=blame",
)
# Any other git server, with the pages of software whose addresses cannot be mistaken.
GIT = Host(
    kind="git",
    label="Git",
    pages=SERVER_PAGES,
    revision_parameters=(
        RevisionParameter("at"),
        RevisionParameter("h"),
        RevisionParameter("id"),
        AZURE_VERSION,
    ),
)
SOURCEHUT = Host(
    kind=GIT.kind,
    label="sourcehut",
    domains=("git.sr.ht",),
    min_parts=2,
    max_parts=2,
    git_suffix="",
    pages=(
        PageRule(rf"{OWNER_REPO}/(?:tree|blob|log)/(?P<ref>.+?)/item/{PATH}"),
        PageRule(rf"{OWNER_REPO}/(?:commit|refs)/(?P<ref>[^/]+)(?:/.*)?"),
        PageRule(rf"{OWNER_REPO}/(?:tree|blob|log)/(?P<tail>.+)"),
    ),
    blob_page="{url}/tree/{commit}/item/{path}",
    blob_lines="#L{start}-{end}",
    blame_page="{url}/blame/{commit}/{path}",
)
GOOGLESOURCE = Host(
    kind=GIT.kind,
    label="Gitiles",
    git_suffix="",
    keywords=(".googlesource.com",),
    pages=(
        PageRule(r"(?:a/)?(?P<repo>.+?)/\+[a-z]*/(?:refs/(?:heads|tags)/)?(?P<tail>.+)"),
        *GIT.pages,
    ),
    blob_page="{url}/+/{commit}/{path}",
    blob_lines="#{start}",
    blame_page="{url}/+blame/{commit}/{path}",
)
GIST = Host(kind=GIT.kind, label="Gist", domains=("gist.github.com",))

HOSTS = (GITHUB, GITLAB, BITBUCKET, GITEA, AZURE, GIT)
SERVICES = (SOURCEHUT, GOOGLESOURCE, GIST)
BY_KIND = {host.kind: host for host in HOSTS}

LOCAL = "local"  # the kind of a folder on this machine, which has no host
KINDS = (*(host.kind for host in HOSTS), LOCAL)


def service_of(hostname: str) -> Host | None:
    """The kind whose public service `hostname` is, under any of its names."""
    for host in SERVICES:
        if host.is_public(hostname) or host.has_keyword(hostname):
            return host
    for host in HOSTS:
        if host.is_public(hostname) or host.alias(hostname) or host.owner_of(hostname):
            return host
    return None


def host_of(hostname: str, declared_kind: str = "") -> Host:
    """The kind of the host named `hostname`.

    A public service is what it is; then the declared kind counts, then the name.
    """
    service = service_of(hostname)
    if service is not None:
        return service
    declared = BY_KIND.get(declared_kind)
    if declared is not None and declared.may_be_declared(hostname):
        return declared.at(hostname)
    named = (host.at(hostname) for host in HOSTS if host.has_keyword(hostname))
    return next(named, GIT)
