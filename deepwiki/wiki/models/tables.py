"""Wikis, pages with all their versions and claims, builds, and what visitors generated."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deepwiki.wiki.models.model_build import ModelBuild
from repos.models import Repository

DEFAULT_LANGUAGE = "en"


class Wiki(models.Model):
    """The wiki of a repository. `coverage` is `Coverage.as_json()` of its last plan."""

    repository = models.OneToOneField(Repository, on_delete=models.CASCADE, related_name="wiki")
    is_disabled = models.BooleanField(
        default=False, db_default=False, help_text="No wiki for this repository."
    )
    is_public = models.BooleanField(
        default=False, db_default=False, help_text="Strangers may read it where they are let in."
    )
    refresh_tokens = models.IntegerField(
        default=0,
        db_default=0,
        help_text="That a model may use in a month to keep pages fresh; 0: only when asked.",
    )
    leave_out_unsupported = models.BooleanField(
        default=False, db_default=False, help_text="Sentences without support are not shown."
    )
    editor_groups = models.ManyToManyField(
        Group, blank=True, related_name="+", help_text="May write notes, beside its managers."
    )
    commit = models.CharField(max_length=64, blank=True, default="", db_default="")
    coverage = models.JSONField(default=dict, db_default={}, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.repository.name


class WikiPage(models.Model):
    """A page. Its id and slug stay the same over rebuilds; what it says is in its versions."""

    class Kind(models.TextChoices):
        OVERVIEW = "overview", _("Overview")
        PART = "part", _("Part")
        GUIDE = "guide", _("Guide")
        REFERENCE = "reference", _("Reference")
        GLOSSARY = "glossary", _("Glossary")
        CODE_MAP = "code_map", _("Code map")
        SLIDES = "slides", _("Slides")
        WORKSHOP = "workshop", _("Workshop")

    wiki = models.ForeignKey(Wiki, on_delete=models.CASCADE, related_name="pages")
    slug = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind)
    topic = models.CharField(max_length=30, blank=True, default="", db_default="")
    title = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    position = models.IntegerField(default=0, db_default=0)
    importance = models.FloatField(default=0, db_default=0)
    files = models.JSONField(default=list, db_default=[], help_text="Paths that it describes.")
    is_removed = models.BooleanField(
        default=False, db_default=False, help_text="No page of the last plan; kept for its links."
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wiki", "slug"], name="one_page_of_a_slug"),
        ]

    def __str__(self) -> str:
        return self.title


class PageVersion(models.Model):
    """What a page said in a language at a commit. `content` is `PageContent.as_json()`.

    `text` is the same as Markdown, for search, programs and exports.
    """

    class Author(models.TextChoices):
        CODE = "code", _("made from the code; no language model")
        MODEL = "model", _("written by a language model")
        PERSON = "person", _("written by a person")

    page = models.ForeignKey(WikiPage, on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(
        max_length=10, default=DEFAULT_LANGUAGE, db_default=DEFAULT_LANGUAGE
    )
    version_number = models.IntegerField()
    title = models.CharField(max_length=200)
    commit = models.CharField(max_length=64)
    content = models.JSONField()
    text = models.TextField()
    made_by = models.CharField(max_length=10, choices=Author)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    translated_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="translations"
    )
    model = models.CharField(max_length=500, blank=True, default="", db_default="")
    second_look = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="What of its questions it answers: `deepwiki.wiki.writing.second_look`.",
    )
    restored_from = models.IntegerField(
        null=True, blank=True, help_text="The version whose words these are, put back by `author`."
    )
    build = models.ForeignKey(
        "WikiBuild", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    checked_commit = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="Where its claims were looked for last.",
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["page", "language", "version_number"], name="one_version_of_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version_number})"


class RenderedPage(models.Model):
    """The HTML of a version, for people with an account or for strangers, who have other links.

    It holds as long as `key` is the same; `commit` is the one that citations were looked up in.
    """

    version = models.ForeignKey(PageVersion, on_delete=models.CASCADE, related_name="rendered")
    for_strangers = models.BooleanField()
    key = models.CharField(max_length=64)
    commit = models.CharField(max_length=64, blank=True)
    page = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "for_strangers"], name="rendered_page_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} for strangers" if self.for_strangers else str(self.version_id)


class WikiBuild(ModelBuild):
    """One making of a wiki, page by page; at most one of a wiki is unfinished."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    UNFINISHED = [State.QUEUED, State.RUNNING, State.PAUSED]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wiki = models.ForeignKey(Wiki, on_delete=models.CASCADE, related_name="builds")
    state = models.CharField(
        max_length=10, choices=State, default=State.QUEUED, db_default=State.QUEUED
    )
    commit = models.CharField(max_length=64, blank=True, default="", db_default="")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    claim_number = models.IntegerField(
        default=0,
        db_default=0,
        help_text="Counts claims: who holds an older number has lost the build.",
    )
    crash_count = models.IntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wiki"],
                condition=Q(state__in=["queued", "running", "paused"]),
                name="one_unfinished_build_of_a_wiki",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wiki}: {self.get_state_display()}"

    @property
    def is_ordered(self) -> bool:
        """Whether somebody asked for it; else it follows a change of the index."""
        return self.by_operator or self.requested_by_id is not None


class BuildPage(models.Model):
    """A page in a build: whether it is written yet, and why not."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    build = models.ForeignKey(WikiBuild, on_delete=models.CASCADE, related_name="pages")
    page = models.ForeignKey(WikiPage, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(
        max_length=10, choices=State, default=State.WAITING, db_default=State.WAITING
    )
    is_fallback = models.BooleanField(
        default=False, db_default=False, help_text="The model could not write it; `error` says why."
    )
    error = models.TextField(blank=True, default="", db_default="")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["build", "page"], name="a_page_of_a_build_once"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.state}"


class VisitorWiki(models.Model):
    """A wiki that a page of deepwiki-open has generated: shown to that front end alone.

    `structure` and `pages` are as `deepwiki.wiki.api.payloads` leaves them; `size` is their
    length as JSON, in characters.
    """

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="visitor_wikis"
    )
    language = models.CharField(max_length=10)
    structure = models.JSONField()
    pages = models.JSONField()
    provider = models.CharField(max_length=500, blank=True, default="", db_default="")
    model = models.CharField(max_length=500, blank=True, default="", db_default="")
    size = models.IntegerField()
    updated_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["repository", "language"], name="one_visitor_wiki_of_a_language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repository_id} ({self.language})"
