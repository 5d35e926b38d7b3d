"""Translations of pages by a model that somebody asked for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deepwiki.wiki.models.tables import WikiPage


class TranslationRequest(models.Model):
    """The last request for a page in a language: how it went, what it took.

    `run_number` counts runs: who holds an older one has lost it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    page = models.ForeignKey(
        WikiPage, on_delete=models.CASCADE, related_name="translation_requests"
    )
    language = models.CharField(max_length=10)
    state = models.CharField(
        max_length=10, choices=State, default=State.WAITING, db_default=State.WAITING
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    model = models.CharField(max_length=500, blank=True, default="", db_default="")
    error = models.TextField(blank=True, default="", db_default="")
    input_tokens = models.IntegerField(default=0, db_default=0)
    output_tokens = models.IntegerField(default=0, db_default=0)
    run_number = models.IntegerField(default=0, db_default=0)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "language"], name="one_request_of_a_language"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} ({self.language}) {self.state}"
