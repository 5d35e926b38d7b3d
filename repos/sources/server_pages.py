"""Pages of server software that runs under any host's name and cannot be mistaken."""

from __future__ import annotations

from repos.sources.host_pages import COMMIT, PageRule

BITBUCKET_PROJECT = r"(?P<base>(?:.+/)?)projects/(?P<project>[^/]+)/repos/(?P<slug>[^/]+)"
BITBUCKET_USER = r"(?P<base>(?:.+/)?)users/(?P<project>[^/]+)/repos/(?P<slug>[^/]+)"
AZURE_PAGES = (
    PageRule(rf"(?P<repo>(?:.+/)?_git/[^/]+)/commit/(?P<ref>{COMMIT})(?:/.*)?"),
    PageRule(
        r"(?P<repo>(?:.+/)?_git/[^/]+)/pullrequest/(?P<ref>\d+)(?:/.*)?",
        revision="refs/pull/{ref}/merge",
    ),
    PageRule(r"(?P<repo>(?:.+/)?_git/[^/]+)(?:/.*)?"),
)
SERVER_PAGES = (
    *AZURE_PAGES,
    # Gerrit
    PageRule(r"plugins/gitiles/(?P<repo>.+?)/\+[a-z]*/refs/(?:heads|tags)/(?P<tail>.+)"),
    PageRule(r"plugins/gitiles/(?P<repo>.+?)/\+[a-z]*/(?P<tail>.+)"),
    PageRule(r"plugins/gitiles/(?P<repo>.+?)(?:/\+.*)?"),
    PageRule(r"q/project:(?P<repo>[^+ ]+)(?:[+ ].*)?"),
    PageRule(r"c/(?P<repo>.+?)/\+/\d+(?:/.*)?"),
    PageRule(r"admin/repos/(?P<repo>[^,]+),[a-z-]+(?:,.*)?"),
    # Bitbucket Data Center, whose Clone button writes names in lower case
    PageRule(
        rf"{BITBUCKET_PROJECT}/(?:browse|raw|commits|branches|pull-requests)(?:/.*)?",
        repository="{base}scm/{project}/{slug}",
        lowercase=True,
    ),
    PageRule(
        rf"{BITBUCKET_USER}/(?:browse|raw|commits|branches|pull-requests)(?:/.*)?",
        repository="{base}scm/~{project}/{slug}",
        lowercase=True,
    ),
    # cgit
    PageRule(
        r"(?P<repo>.+?\.git)/(?:tree|log|commit|about|plain|snapshot|refs|diff|patch|summary"
        r"|blame|stats)(?:/.*)?"
    ),
    PageRule(
        r"(?P<repo>.+?)/(?:tree|log|commit|about|plain|refs|diff|patch|summary|blame)(?:/.*)?",
        parameters=("h", "id"),
    ),
)
