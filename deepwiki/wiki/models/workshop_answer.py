"""What people answered in workshops."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from deepwiki.wiki.models.tables import WikiPage

KEY_CHARS = 16


class WorkshopAnswer(models.Model):
    """Whether a person's last answer to an exercise was right; nobody else sees it.

    `exercise` is the key of the exercise, see `deepwiki.wiki.reading.lessons`.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="workshop_answers"
    )
    page = models.ForeignKey(WikiPage, on_delete=models.CASCADE, related_name="answers")
    exercise = models.CharField(max_length=KEY_CHARS)
    is_right = models.BooleanField()
    answered_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "page", "exercise"], name="one_answer_of_an_exercise"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.exercise}"
